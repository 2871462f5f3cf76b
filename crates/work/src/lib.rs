//! What Tenantry does: operations, imports and exports.
