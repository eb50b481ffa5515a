//! Strict JSON reading and JCS writing.
