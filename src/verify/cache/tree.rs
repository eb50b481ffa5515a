//! Remembered tokens as trees, and which of them is forgotten first.

use super::Fingerprint;
use crate::{chain::VerifiedChain, key::PublicKey, time::Timestamp};
use alloc::{collections::BTreeSet, vec::Vec};
use std::collections::HashMap;

/// Tokens, each below the one it was derived from.
#[derive(Default)]
pub(super) struct Tree {
    nodes: HashMap<Fingerprint, Node>,
    roots: Below,
}

struct Node {
    /// The chain from the root to this token.
    chain: VerifiedChain,
    above: Above,
    /// What the token weighs by itself.
    own: usize,
    below: Below,
}

enum Above {
    /// Nothing: a root, and the key that vouched for it.
    Anchor(PublicKey),
    Token(Fingerprint),
}

/// What stands below a token, or at the top.
#[derive(Default)]
struct Below {
    /// Tokens with nothing below them, the first to expire first.
    leaves: BTreeSet<(Timestamp, Fingerprint)>,
    leaves_weight: usize,
    /// Tokens with something below them, by what they and all below them weigh.
    branches: BTreeSet<(usize, Fingerprint)>,
    branches_weight: usize,
}

impl Below {
    fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.branches.is_empty()
    }

    fn weight(&self) -> usize {
        self.leaves_weight.saturating_add(self.branches_weight)
    }
}

/// Where a token is listed, which changes with what stands below it.
struct Listed {
    above: Option<Fingerprint>,
    weight: usize,
    /// When it expires, if it is a leaf.
    leaf_until: Option<Timestamp>,
}

impl Tree {
    pub(super) fn len(&self) -> usize {
        self.nodes.len()
    }

    pub(super) fn weight(&self) -> usize {
        self.roots.weight()
    }

    /// [`weight`](Self::weight), counted anew.
    #[cfg(test)]
    pub(super) fn weight_of_all(&self) -> usize {
        self.nodes.values().map(|node| node.own).sum()
    }

    /// The longest part of the chain that is there.
    pub(super) fn longest(&self, chain: &[Fingerprint]) -> Option<&VerifiedChain> {
        chain.iter().rev().find_map(|print| self.nodes.get(print)).map(|node| &node.chain)
    }

    /// The key that vouched for a root.
    pub(super) fn anchor(&self, root: &Fingerprint) -> Option<&PublicKey> {
        match &self.nodes.get(root)?.above {
            Above::Anchor(anchor) => Some(anchor),
            Above::Token(_) => None,
        }
    }

    /// Adds the parts of one chain, each with its weight, root first; those that are there stay.
    pub(super) fn insert(
        &mut self,
        prints: &[Fingerprint],
        parts: Vec<(VerifiedChain, usize)>,
        anchor: &PublicKey,
    ) {
        let mut last = None;
        for (print, (chain, own)) in prints.iter().zip(parts) {
            if !self.nodes.contains_key(print) {
                let above = last.map_or_else(|| Above::Anchor(anchor.clone()), Above::Token);
                let path = self.path_from(last);
                self.unlist(&path);
                self.nodes.insert(*print, Node { chain, above, own, below: Below::default() });
                self.list(&[*print]);
                self.list(&path);
            }
            last = Some(*print);
        }
    }

    /// Forgets leaves until no more than `capacity` is in use.
    pub(super) fn shrink_to(&mut self, capacity: usize) {
        while self.weight() > capacity {
            let Some(print) = self.heaviest_leaf() else {
                return;
            };
            self.forget_leaf(print);
        }
    }

    /// Forgets the roots, with all below them, that are not to be kept.
    pub(super) fn retain_roots(&mut self, keep: impl Fn(&PublicKey, &str) -> bool) {
        let unwanted = |(print, node): (&Fingerprint, &Node)| {
            let (Above::Anchor(anchor), Some(root)) = (&node.above, node.chain.root()) else {
                return None;
            };
            (!keep(anchor, root.claims().issuer())).then_some(*print)
        };
        let unwanted: Vec<Fingerprint> = self.nodes.iter().filter_map(unwanted).collect();
        for root in unwanted {
            while let Some(leaf) = self.leaf_below(root) {
                self.forget_leaf(leaf);
            }
        }
    }

    /// The leaf where one arrives who turns to what weighs most at every fork: see
    /// [`ChainCache`](super::ChainCache).
    fn heaviest_leaf(&self) -> Option<Fingerprint> {
        let mut below = &self.roots;
        loop {
            let branch = below.branches.last();
            match branch {
                Some((weight, print)) if *weight > below.leaves_weight => {
                    below = &self.nodes.get(print)?.below;
                }
                _ => return below.leaves.first().map(|(_, print)| *print),
            }
        }
    }

    /// Some leaf at or below a token.
    fn leaf_below(&self, from: Fingerprint) -> Option<Fingerprint> {
        let mut at = from;
        loop {
            let below = &self.nodes.get(&at)?.below;
            if let Some((_, leaf)) = below.leaves.first() {
                return Some(*leaf);
            }
            match below.branches.first() {
                Some((_, branch)) => at = *branch,
                None => return Some(at),
            }
        }
    }

    fn forget_leaf(&mut self, print: Fingerprint) {
        let path = self.path_from(Some(print));
        self.unlist(&path);
        self.nodes.remove(&print);
        self.list(path.get(1..).unwrap_or_default());
    }

    /// The token `from` and those above it, up to the root.
    fn path_from(&self, from: Option<Fingerprint>) -> Vec<Fingerprint> {
        let above = |print: &Fingerprint| match self.nodes.get(print)?.above {
            Above::Token(above) => Some(above),
            Above::Anchor(_) => None,
        };
        core::iter::successors(from, above).collect()
    }

    /// Lists each token of `path` where it belongs now, the lowest first.
    fn list(&mut self, path: &[Fingerprint]) {
        for print in path {
            let Some((listed, list)) = self.place_of(print) else { continue };
            let Listed { weight, leaf_until, .. } = listed;
            if let Some(until) = leaf_until {
                list.leaves.insert((until, *print));
                list.leaves_weight = list.leaves_weight.saturating_add(weight);
            } else {
                list.branches.insert((weight, *print));
                list.branches_weight = list.branches_weight.saturating_add(weight);
            }
        }
    }

    /// Takes each token of `path` off its list, before something below it changes. The highest
    /// first: a token's weight tells its place, and counts what is listed below it.
    fn unlist(&mut self, path: &[Fingerprint]) {
        for print in path.iter().rev() {
            let Some((listed, list)) = self.place_of(print) else { continue };
            let Listed { weight, leaf_until, .. } = listed;
            if let Some(until) = leaf_until {
                list.leaves.remove(&(until, *print));
                list.leaves_weight = list.leaves_weight.saturating_sub(weight);
            } else {
                list.branches.remove(&(weight, *print));
                list.branches_weight = list.branches_weight.saturating_sub(weight);
            }
        }
    }

    /// How a token is listed, and the list that it belongs to.
    fn place_of(&mut self, print: &Fingerprint) -> Option<(Listed, &mut Below)> {
        let node = self.nodes.get(print)?;
        let expiry = || node.chain.leaf().map(|leaf| leaf.claims().expires_at());
        let listed = Listed {
            above: if let Above::Token(above) = node.above { Some(above) } else { None },
            weight: node.own.saturating_add(node.below.weight()),
            leaf_until: if node.below.is_empty() { expiry() } else { None },
        };
        let list = match listed.above {
            None => &mut self.roots,
            Some(above) => &mut self.nodes.get_mut(&above)?.below,
        };
        Some((listed, list))
    }
}
