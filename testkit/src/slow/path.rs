//! `path_containment`: split and fold.

/// A path as names with a slash after each, and one before all. `None` for what is refused.
pub fn folded(path: &str) -> Option<String> {
    let is_absolute = path.starts_with('/') && !path.starts_with("//");
    if !is_absolute || path.len() > 4096 || path.contains('\0') || path.contains('\\') {
        return None;
    }
    let mut names: Vec<&str> =
        path.split('/').filter(|name| !name.is_empty() && *name != ".").collect();
    while let Some(up) = names.iter().position(|name| *name == "..") {
        if up == 0 {
            return None;
        }
        names.drain(up - 1..=up);
    }
    let names: String = names.iter().map(|name| format!("{name}/")).collect();
    Some(format!("/{names}"))
}

/// Whether `path` lies at or below `root`; never when one of them is refused.
pub fn is_below(path: &str, root: &str) -> bool {
    match (folded(path), folded(root)) {
        (Some(path), Some(root)) => path.starts_with(&root),
        _ => false,
    }
}
