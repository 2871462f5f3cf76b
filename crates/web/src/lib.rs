//! The HTTP side of Tenantry: the REST API and its OpenAPI description.
