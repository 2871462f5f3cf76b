//! What Tenantry knows: entities, field kinds, permissions, problems and pure rules. No async, no I/O.
