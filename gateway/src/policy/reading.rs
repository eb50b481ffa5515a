//! What every part of a policy is read with.

use super::{
    error::{PolicyError, Source},
    file::{Text, Time},
};
use crate::files::{Content, Files};
use std::{
    path::{Path, PathBuf},
    time::Duration,
};
use toml::Spanned;
use zeroize::Zeroizing;

/// The policy's text, and the files that it names.
pub(super) struct Reading<'a> {
    pub(super) source: &'a Source,
    pub(super) files: &'a mut Files,
}

impl Reading<'_> {
    /// A problem with a value.
    pub(super) fn fail<T>(
        &self,
        value: &Spanned<T>,
        problem: impl std::fmt::Display,
    ) -> PolicyError {
        self.source.fail(value.span(), problem)
    }

    /// The path that a value gives, which begins at the policy's folder.
    pub(super) fn path(&self, name: &Text) -> Result<PathBuf, PolicyError> {
        if name.get_ref().is_empty() {
            return Err(self.fail(name, "found no path"));
        }
        let folder = self.source.path.parent().unwrap_or(Path::new(""));
        Ok(folder.join(name.get_ref()))
    }

    /// What stands in the file that a value names.
    pub(super) fn named(
        &mut self,
        name: &Text,
        content: Content,
    ) -> Result<Zeroizing<Vec<u8>>, PolicyError> {
        let path = self.path(name)?;
        self.files.read(&path, content).map_err(|problem| self.fail(name, problem))
    }

    /// The secret in the file that a value names, without the white space around it.
    pub(super) fn secret(&mut self, name: &Text) -> Result<Zeroizing<String>, PolicyError> {
        let bytes = self.named(name, Content::Secret)?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| self.fail(name, "the file holds no text: found invalid UTF-8"))?;
        match text.trim() {
            "" => Err(self.fail(name, "the file is empty, expected a secret")),
            text => Ok(Zeroizing::new(text.to_owned())),
        }
    }

    /// A time in whole seconds, as tokens have it.
    pub(super) fn seconds(&self, time: &Spanned<Time>) -> Result<Duration, PolicyError> {
        let Time(duration) = *time.get_ref();
        match duration.subsec_nanos() {
            0 => Ok(duration),
            _ => Err(self.fail(time, "found parts of a second, expected whole seconds")),
        }
    }
}
