//! The rules of a guard, put before its servers and kept there.

use super::{
    admin,
    decision_log::DecisionLog,
    gate::{self, Gate},
    metrics::Metrics,
};
use crate::{
    Guard,
    policy::Running,
    proxy::{HttpServer, Limits, Origins, Proxy, Routes, StdioServer, Upstream},
};
use std::sync::Arc;
use tokio::{net::TcpListener, sync::watch};

/// What a guard goes by, and where what it permits goes.
#[derive(Debug)]
pub struct Rules {
    /// What decides, for all servers. Rules that follow others keep the replay store of its
    /// verifier, so that a proof that was used stays used.
    pub guard: Guard,
    /// The servers with their names. Rules that follow others keep those that stay the same, so
    /// that sessions go on.
    pub upstreams: Vec<(Box<str>, Arc<Upstream>)>,
    /// Where decisions are written.
    pub log: Option<Arc<DecisionLog>>,
    /// Bounds on clients and servers.
    pub limits: Limits,
    /// Whether the replay store is elsewhere and may take its time.
    pub store_blocks: bool,
    /// The policy that these rules come from, if any: its keys and its replay store say whether
    /// the guard is ready.
    pub policy: Option<Arc<Running>>,
}

impl Rules {
    fn routes(&self, metrics: &Arc<Metrics>) -> Arc<Routes<Gate>> {
        let proxy = |upstream, server: &Arc<Upstream>| {
            let gate = Gate::new(gate::Rules {
                guard: self.guard.clone().only(upstream).tell_max_message(self.limits.max_message),
                upstream,
                log: self.log.clone(),
                metrics: Arc::clone(metrics),
                store_blocks: self.store_blocks,
            });
            Arc::new(Proxy::new(Arc::new(gate), Arc::clone(server), &self.limits))
        };
        Arc::new(match &*self.upstreams {
            [(_, only)] => Routes::of_one(proxy(0, only)),
            several => Routes::of_several(
                several.iter().enumerate().map(|(at, (name, one))| (name.clone(), proxy(at, one))),
            ),
        })
    }
}

/// A guard that serves clients by rules that can be replaced.
#[derive(Debug)]
pub struct GuardServer {
    routes: watch::Sender<Arc<Routes<Gate>>>,
    metrics: Arc<Metrics>,
    serves: watch::Sender<bool>,
    policy: watch::Sender<Option<Arc<Running>>>,
}

impl GuardServer {
    /// A guard that goes by `rules`.
    pub fn new(rules: &Rules) -> Self {
        let metrics = Arc::new(Metrics::new());
        let (routes, _) = watch::channel(rules.routes(&metrics));
        let (serves, _) = watch::channel(false);
        let (policy, _) = watch::channel(rules.policy.clone());
        Self { routes, metrics, serves, policy }
    }

    /// Goes by `rules` from here on, but for messages that are under way.
    pub fn replace(&self, rules: &Rules) {
        self.routes.send_replace(rules.routes(&self.metrics));
        self.policy.send_replace(rules.policy.clone());
    }

    /// What is counted.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// Tells whoever comes to `listener` over HTTP how the guard is: `/healthz`, `/readyz` and
    /// `/metrics`. It is ready while it serves clients, is not about to end, has keys of every
    /// anchor and reaches its replay store.
    pub fn admin(&self, listener: TcpListener) -> impl Future<Output = ()> + Send + use<> {
        let state = admin::State {
            metrics: Arc::clone(&self.metrics),
            serves: self.serves.subscribe(),
            policy: self.policy.subscribe(),
        };
        admin::run(listener, Arc::new(state))
    }

    /// Serves clients that come to `listener` over HTTP, until `end`.
    pub async fn http(
        &self,
        listener: TcpListener,
        origins: Origins,
        limits: Limits,
        end: impl Future<Output = ()>,
    ) {
        self.serves.send_replace(true);
        let end = async {
            end.await;
            self.serves.send_replace(false);
        };
        HttpServer::new(self.routes.subscribe(), origins, limits).run(listener, end).await;
    }

    /// Serves the client on standard input and output, until it ends. `false` when there is not
    /// one server alone.
    pub async fn stdio(&self, limits: Limits) -> bool {
        self.serves.send_replace(true);
        let routes = self.routes.subscribe();
        StdioServer::run(routes, limits, tokio::io::stdin(), tokio::io::stdout()).await
    }
}
