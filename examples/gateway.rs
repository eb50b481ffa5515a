//! A gateway that verifies every call in an axum handler.
//!
//! `cargo run --example gateway` listens on 127.0.0.1:8080 and trusts the public key (JWK) in the
//! environment variable `ISSUER_JWK`.

use axum::{
    Router,
    extract::{Path, State},
    http::StatusCode,
    routing::post,
};
use serde::Deserialize;
use serde_json::{json, value::RawValue};
use std::{error::Error, sync::Arc, time::SystemTime};
use taper::{
    Authorized, Denied, Invocation, Policy, Presentation, PublicKey, TrustAnchor, TrustAnchors,
    Verifier,
};

/// A call: the arguments and the presentation, both as the caller wrote them.
#[derive(Deserialize)]
struct Call<'a> {
    #[serde(borrow)]
    arguments: &'a RawValue,
    #[serde(borrow)]
    presentation: &'a RawValue,
}

/// The gateway for tools that are authorized by the issuer of `key`.
pub(crate) fn app(key: PublicKey) -> Result<Router, Box<dyn Error>> {
    let anchor = TrustAnchor::new("https://auth.example.com", key)?;
    let verifier = Verifier::new(TrustAnchors::new().with(anchor))
        .with_policy(Policy::for_audience("https://tools.example.com").require_proof_audience());
    Ok(Router::new().route("/tools/{tool}", post(handle)).with_state(Arc::new(verifier)))
}

async fn handle(
    State(verifier): State<Arc<Verifier>>,
    Path(tool): Path<String>,
    body: String,
) -> (StatusCode, String) {
    let Ok(call) = serde_json::from_str::<Call<'_>>(&body) else {
        return (StatusCode::BAD_REQUEST, json!({"message": "not a call"}).to_string());
    };
    match decide(&verifier, &tool, &call) {
        Ok(result) => (StatusCode::OK, result),
        Err(denied) => {
            let step = denied.step().label();
            let body = json!({"step": step, "code": denied.code(), "message": denied.to_string()});
            (StatusCode::FORBIDDEN, body.to_string())
        }
    }
}

fn decide(verifier: &Verifier, tool: &str, call: &Call<'_>) -> Result<String, Denied> {
    // Numbers are judged as written, so the arguments are taken from the text, not from a tree.
    let invocation = Invocation::from_json(tool, call.arguments.get().as_bytes())?;
    let sent = Presentation::parse(call.presentation.get().as_bytes(), verifier.limits())?;
    let permit = verifier.authorize(&sent, &invocation, SystemTime::now().into())?;
    Ok(run(&permit))
}

/// The tool. It cannot be reached but with a permit.
fn run(permit: &Authorized<'_>) -> String {
    json!({"tool": permit.tool(), "result": "done"}).to_string()
}

#[allow(dead_code, reason = "the tests include this file for its router")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = PublicKey::from_jwk(std::env::var("ISSUER_JWK")?.as_bytes())?;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
    Ok(axum::serve(listener, app(key)?).await?)
}
