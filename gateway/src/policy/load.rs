//! From a policy's file to a policy.

use super::{
    Log, Nonces, Places, Policy, Redis, Replay,
    anchors::Anchors,
    error::{PolicyError, Source},
    file::{self, ExtensionType, File, Text},
    limits,
    reading::Reading,
    servers,
    tools::{self, Named},
};
use crate::{
    Arguments,
    files::{Content, Files},
};
use sha2::{Digest as _, Sha256};
use std::{
    net::SocketAddr,
    num::{NonZeroU32, NonZeroUsize},
    path::Path,
    time::Duration,
};
use taper::extension::{Cidr, Extensions, PathContainment, UrlScope};
use toml::Spanned;
use zeroize::Zeroizing;

/// As many as the library's store in memory has by default.
const CAPACITY: NonZeroUsize = match NonZeroUsize::new(1 << 18) {
    Some(capacity) => capacity,
    None => NonZeroUsize::MIN,
};

/// Bytes for chains that were verified. A chain of three tokens takes about ten thousand.
const CACHE: usize = 64 << 20;

/// The least of a key for nonces, as text: 32 random bytes in hexadecimal or base64 have more.
const KEY_TEXT: usize = 32;

impl Policy {
    /// Reads and checks the policy at `path`, with the files that it names. Nothing is fetched.
    ///
    /// # Errors
    ///
    /// The first thing that is wrong, with its line and what is expected there.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, PolicyError> {
        Self::load_with(path.as_ref(), &mut Files::default())
    }

    /// Tells in `files` which were read, also when it fails.
    pub(super) fn load_with(path: &Path, files: &mut Files) -> Result<Self, PolicyError> {
        let bytes = files
            .read(path, Content::Public)
            .map_err(|problem| PolicyError::whole(path, problem))?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|_| PolicyError::whole(path, "found invalid UTF-8, expected text"))?;
        let source = Source { path: path.into(), text: text.into() };
        let file: File = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            let lines: Vec<&str> = error.message().lines().collect();
            source.fail(span, lines.join(", "))
        })?;
        let mut reading = Reading { source: &source, files };
        let policy = read(&mut reading, &file)?;
        Ok(Self { source, ..policy })
    }

    /// Whether this policy can take the place of `running`, which goes on with what it has.
    pub(super) fn can_follow(&self, running: &Self) -> Result<(), PolicyError> {
        let restart = |place: usize, what| {
            let problem = format_args!("{what} cannot change while the guard runs; restart it");
            Err(self.source.fail(place..place, problem))
        };
        if (self.http, self.admin) != (running.http, running.admin) {
            return restart(self.places.listen, "the addresses to listen at");
        }
        // Those that serve clients have them from the start.
        if self.origins != running.origins {
            return restart(self.places.listen, "the web pages that may call");
        }
        if self.traffic != running.traffic {
            return restart(self.places.limits, "the limits of clients and servers");
        }
        // One that cannot be opened would leave calls without a log, or no calls.
        let path = |policy: &Self| policy.log.as_ref().map(|log| log.path.clone());
        if path(self) != path(running) {
            return restart(self.places.log, "the file of the log");
        }
        // What one store remembers another does not know.
        if self.replay != running.replay {
            return restart(self.places.replay, "where used proofs are remembered");
        }
        Ok(())
    }
}

fn read(reading: &mut Reading<'_>, file: &File) -> Result<Policy, PolicyError> {
    let replicas = file.replicas.as_ref().map_or(NonZeroU32::MIN, |replicas| *replicas.get_ref());
    let anchors = Anchors::read(reading, &file.anchors)?;
    if anchors.fixed.is_empty() && anchors.fetched.is_empty() {
        let problem = "there is no `[[anchors]]`: with nobody trusted every call is denied";
        return Err(reading.source.fail(0..0, problem));
    }
    let servers = servers::read(reading, &file.upstreams)?;
    if servers.is_empty() {
        return Err(reading.source.fail(0..0, "there is no `[upstreams.NAME]` to guard"));
    }
    let replay = file.replay.as_ref().map(Spanned::get_ref);
    let all_idempotent = replay.and_then(|replay| replay.all_idempotent.as_ref());
    let Named { tools, rules, all_idempotent } =
        tools::read(reading, &file.tools, &servers, all_idempotent)?;
    let rules = audiences(reading, file, rules)?;
    let store = store(reading, file)?;
    if replicas > NonZeroU32::MIN && !all_idempotent && matches!(store, Replay::Memory(_)) {
        let at = file.replicas.as_ref().map_or(0..0, Spanned::span);
        let problem = "with several replicas and no shared store a proof can be used once at each; \
                       give `[replay.redis]`, or say of every tool that it is idempotent";
        return Err(reading.source.fail(at, problem));
    }
    let given = file.limits.as_ref().map(Spanned::get_ref);
    let (limits, traffic) = limits::read(reading, given.unwrap_or(&file::Limits::default()))?;
    let [http, admin] = addresses(reading, file)?;
    let origins = file.listen.iter().flat_map(|listen| &listen.get_ref().origins);
    let origins = origins.map(|text| origin(reading, text)).collect::<Result<_, _>>()?;
    Ok(Policy {
        mode: file.mode,
        replicas,
        http,
        admin,
        origins,
        servers,
        tools,
        methods: methods(reading, &file.methods.allow)?,
        unpresented: file.listing.without_presentation,
        replay: store,
        nonces: nonces(reading, file, replicas)?,
        log: log(reading, file)?,
        cache: file.cache.bytes.unwrap_or(CACHE),
        traffic,
        limits,
        anchors,
        rules,
        extensions: extensions(reading, &file.extensions)?,
        source: Source { path: reading.source.path.clone(), text: String::new() },
        places: Places {
            listen: file.listen.as_ref().map_or(0, |listen| listen.span().start),
            replay: file.replay.as_ref().map_or(0, |replay| replay.span().start),
            log: file.log.as_ref().map_or(0, |log| log.span().start),
            limits: file.limits.as_ref().map_or(0, |limits| limits.span().start),
        },
    })
}

fn extensions(
    reading: &Reading<'_>,
    named: &[Spanned<ExtensionType>],
) -> Result<Extensions, PolicyError> {
    let mut all = Extensions::new();
    for name in named {
        let with = match name.get_ref() {
            ExtensionType::Cidr => all.with::<Cidr>(),
            ExtensionType::PathContainment => all.with::<PathContainment>(),
            ExtensionType::UrlScope => all.with::<UrlScope>(),
        };
        all = with.map_err(|error| reading.fail(name, error))?;
    }
    Ok(all)
}

fn audiences(
    reading: &Reading<'_>,
    file: &File,
    mut rules: taper::Policy,
) -> Result<taper::Policy, PolicyError> {
    for name in &file.audiences {
        if name.get_ref().is_empty() {
            return Err(reading.fail(name, "found no name"));
        }
        rules = rules.also_for_audience(name.get_ref().as_str());
    }
    let required = |flag: &Option<Spanned<bool>>| match flag {
        Some(flag) if *flag.get_ref() && file.audiences.is_empty() => {
            let problem = "without `audiences` this denies every call; name this guard there";
            Err(reading.fail(flag, problem))
        }
        Some(flag) => Ok(*flag.get_ref()),
        None => Ok(false),
    };
    if required(&file.require_chain_audience)? {
        rules = rules.require_chain_audience();
    }
    if required(&file.require_proof_audience)? {
        rules = rules.require_proof_audience();
    }
    Ok(rules)
}

fn addresses(reading: &Reading<'_>, file: &File) -> Result<[Option<SocketAddr>; 2], PolicyError> {
    let Some(listen) = file.listen.as_ref().map(Spanned::get_ref) else { return Ok([None, None]) };
    let address = |text: &Text| {
        let problem = "found no address, expected one such as `127.0.0.1:8700` or `[::1]:8700`";
        text.get_ref().parse::<SocketAddr>().map_err(|_| reading.fail(text, problem))
    };
    let http = listen.http.as_ref().map(address).transpose()?;
    let admin = listen.admin.as_ref().map(address).transpose()?;
    if let (Some(a), Some(b), Some(at)) = (http, admin, &listen.admin)
        && a == b
        && a.port() != 0
    {
        let problem =
            "clients would come to it too; give health and metrics an address of their own";
        return Err(reading.fail(at, problem));
    }
    Ok([http, admin])
}

fn origin(reading: &Reading<'_>, origin: &Text) -> Result<Box<str>, PolicyError> {
    let text = origin.get_ref().as_str();
    let uri = text.parse::<http::Uri>().ok();
    let written = uri.as_ref().and_then(|uri| {
        let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
        Some(format!("{scheme}://{}", uri.authority()?))
    });
    if written.as_deref() != Some(text) {
        let problem = "found no origin, expected one such as `https://app.example.com`, \
                       without a path";
        return Err(reading.fail(origin, problem));
    }
    Ok(text.into())
}

fn methods(reading: &Reading<'_>, allowed: &[Text]) -> Result<Vec<Box<str>>, PolicyError> {
    let one = |method: &Text| match method.get_ref().as_str() {
        "" => Err(reading.fail(method, "found no method")),
        "tools/call" | "tools/list" => {
            Err(reading.fail(method, "calls and lists of tools need a token; remove this"))
        }
        name if name.contains('*') => {
            let problem = "methods are named one by one, such as `resources/read`";
            Err(reading.fail(method, problem))
        }
        name => Ok(name.into()),
    };
    allowed.iter().map(one).collect()
}

fn store(reading: &mut Reading<'_>, file: &File) -> Result<Replay, PolicyError> {
    let replay = file.replay.as_ref().map(Spanned::get_ref);
    let capacity = replay.and_then(|replay| replay.capacity.as_ref());
    let Some(redis) = replay.and_then(|replay| replay.redis.as_ref()) else {
        return Ok(Replay::Memory(capacity.map_or(CAPACITY, |capacity| *capacity.get_ref())));
    };
    if let Some(capacity) = capacity {
        let problem = "this is for the store in memory; remove it beside `[replay.redis]`";
        return Err(reading.fail(capacity, problem));
    }
    if !cfg!(feature = "redis") {
        let problem = "this build knows no Redis; build it with the feature `redis`";
        return Err(reading.fail(redis, problem));
    }
    let redis = redis.get_ref();
    let password = redis.password_file.as_ref().map(|file| reading.secret(file)).transpose()?;
    let url = redis.url.get_ref().as_str();
    let uri = url.parse::<http::Uri>().ok();
    let authority = uri.as_ref().and_then(http::Uri::authority);
    let scheme = uri.as_ref().and_then(http::Uri::scheme_str);
    match (scheme, authority) {
        (Some("redis" | "rediss"), Some(authority)) if authority.as_str().contains('@') => {
            let problem = "the URL has a user or a password; give `username` and `password_file`";
            return Err(reading.fail(&redis.url, problem));
        }
        (Some("redis" | "rediss"), Some(_)) => {}
        _ => {
            let problem = "found no URL of Redis, expected one such as `redis://127.0.0.1:6379/0`";
            return Err(reading.fail(&redis.url, problem));
        }
    }
    let default = Redis::at(url);
    let time = |time: Option<file::Time>, default| time.map_or(default, |file::Time(time)| time);
    Ok(Replay::Redis(Redis {
        username: redis.username.as_deref().map(Into::into),
        password,
        connect_timeout: time(redis.connect_timeout, default.connect_timeout),
        timeout: time(redis.timeout, default.timeout),
        url: default.url,
    }))
}

fn nonces(
    reading: &mut Reading<'_>,
    file: &File,
    replicas: NonZeroU32,
) -> Result<Option<Nonces>, PolicyError> {
    let Some(at) = &file.nonces else { return Ok(None) };
    let nonces = at.get_ref();
    let period = nonces.period.as_ref().map(|period| reading.seconds(period)).transpose()?;
    let key = match &nonces.key_file {
        Some(name) => {
            let secret = reading.secret(name)?;
            if secret.len() < KEY_TEXT {
                let problem = format_args!(
                    "the key has less than {KEY_TEXT} characters; `openssl rand -hex 32` makes one"
                );
                return Err(reading.fail(name, problem));
            }
            Some(Zeroizing::new(Sha256::digest(secret.as_bytes()).into()))
        }
        None => None,
    };
    if !nonces.required.unwrap_or(true) {
        return Ok(None);
    }
    if key.is_none() && replicas > NonZeroU32::MIN {
        let problem = "several replicas need the same nonces; give `key_file`";
        return Err(reading.fail(at, problem));
    }
    Ok(Some(Nonces { period: period.unwrap_or(Duration::from_secs(60)), key }))
}

fn log(reading: &Reading<'_>, file: &File) -> Result<Option<Log>, PolicyError> {
    let Some(log) = file.log.as_ref().map(Spanned::get_ref) else { return Ok(None) };
    let path = reading.path(&log.path)?;
    let arguments = match (log.arguments, &log.redact) {
        (file::Arguments::Digest, None) => Arguments::digest(),
        (file::Arguments::Digest, Some(redact)) => {
            let problem = "arguments are not shown, so that none can be redacted; \
                           remove this, or say `arguments = \"shown\"`";
            return Err(reading.fail(redact, problem));
        }
        (file::Arguments::Shown, redact) => {
            let names = redact.iter().flat_map(|names| names.get_ref());
            names.fold(Arguments::shown(), |shown, name| shown.but(name.as_str()))
        }
    };
    Ok(Some(Log { path, arguments }))
}
