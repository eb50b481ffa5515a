//! The bounds of a policy.

use super::{
    error::PolicyError,
    file::{self, Time},
    reading::Reading,
};
use crate::proxy;
use std::{num::NonZeroUsize, time::Duration};

/// The bounds on tokens, and those on clients and servers.
pub(super) fn read(
    reading: &Reading<'_>,
    file: &file::Limits,
) -> Result<(taper::Limits, proxy::Limits), PolicyError> {
    let mut tokens = taper::Limits::default();
    let mut traffic = proxy::Limits::default();
    let sizes = [
        (&mut tokens.max_token_size, file.max_token_size),
        (&mut tokens.max_chain_size, file.max_chain_size),
        (&mut tokens.max_proof_size, file.max_proof_size),
        (&mut tokens.max_arguments_size, file.max_arguments_size),
        (&mut tokens.max_presentation_size, file.max_presentation_size),
        (&mut tokens.max_constraint_depth, file.max_constraint_depth),
        (&mut tokens.max_comparisons, file.max_comparisons),
        (&mut traffic.max_message, file.max_message),
        (&mut traffic.max_answer, file.max_answer),
        (&mut traffic.max_headers, file.max_headers),
        (&mut traffic.max_requests, file.max_requests),
        (&mut traffic.max_connections, file.max_connections),
        (&mut traffic.max_sessions, file.max_sessions),
    ];
    for (limit, given) in sizes {
        *limit = given.map_or(*limit, NonZeroUsize::get);
    }
    let times = [
        (&mut traffic.header_timeout, file.header_timeout),
        (&mut traffic.body_timeout, file.body_timeout),
        (&mut traffic.connect_timeout, file.connect_timeout),
        (&mut traffic.answer_timeout, file.answer_timeout),
        (&mut traffic.session_timeout, file.session_timeout),
    ];
    for (limit, given) in times {
        *limit = given.map_or(*limit, |Time(time)| time);
    }
    let seconds = [
        (&mut tokens.max_token_lifetime, &file.max_token_lifetime),
        (&mut tokens.max_iat_skew, &file.max_iat_skew),
        (&mut tokens.pop_window, &file.pop_window),
    ];
    for (limit, given) in seconds {
        if let Some(given) = given {
            *limit = reading.seconds(given)?;
        }
    }
    tokens.max_delegation_depth = file.max_delegation_depth.unwrap_or(tokens.max_delegation_depth);
    if let Some(window) = &file.pop_window
        && tokens.pop_window > Duration::from_secs(300)
    {
        let problem = "found more than five minutes, in which a proof for an idempotent tool can \
                       be used again and again";
        return Err(reading.fail(window, problem));
    }
    Ok((tokens, traffic))
}
