//! The router, mounted from the list of routes.

use axum::{
    Extension, Router,
    handler::Handler,
    middleware::{from_fn, from_fn_with_state},
    response::Response,
    routing::{MethodFilter, MethodRouter, on},
};
use model::problem::{Problem, codes};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    App, auth, docs, door, events, exports, health, hooks, imports, me, metrics, openapi, operations, pages,
    people, platform, records,
    refusal::Refusal,
    remembered,
    routes::{Action, Route, routes},
    search, settings,
};

/// Every address of the program.
pub fn router(app: App) -> Router {
    let mut router = Router::new();
    for route in routes() {
        let endpoint = endpoint(route).layer(Extension(route.side));
        router = router.route(
            &route.path,
            match remembered::may_be_served_twice(route) {
                true => endpoint.layer(from_fn(remembered::layer)),
                false => endpoint,
            },
        );
    }
    router
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(app.clone(), door::door))
        .with_state(app)
}

/// The handler of one route.
fn endpoint(route: &'static Route) -> MethodRouter<App> {
    match route.action {
        Action::Alive => mount(route, health::alive),
        Action::Ready => mount(route, health::ready),
        Action::Metrics => mount(route, metrics::page),
        Action::Description => mount(route, openapi::answer),
        Action::Docs(page) => docs::endpoint(page),
        Action::Me => mount(route, me::me),
        Action::Auth(auth) => auth::endpoint(route, auth),
        Action::EventTypes => mount(route, events::event_types),
        Action::AllSettings => mount(route, settings::all),
        Action::Settings(group) => mount(route, move |ask| settings::get(ask, group)),
        Action::UpdateSettings(group) => {
            mount(route, move |ask, held, body| settings::update(ask, group, held, body))
        }
        Action::Activity => mount(route, people::activity),
        Action::Why => mount(route, people::access),
        Action::Search => mount(route, search::everywhere),
        Action::Likely(entity) => mount(route, move |ask, params| search::likely(ask, entity, params)),
        Action::Hook => mount(route, hooks::receive),
        Action::List(entity) => mount(route, move |ask, params| records::list(ask, entity, params)),
        Action::Create(entity) => mount(route, move |ask, body| records::create(ask, entity, body)),
        Action::Bulk(entity) => mount(route, move |ask, body| records::bulk(ask, entity, body)),
        Action::Get(entity) => {
            mount(route, move |ask, id, params, held| records::get(ask, entity, id, params, held))
        }
        Action::History(entity) => {
            mount(route, move |ask, id, params| records::history(ask, entity, id, params))
        }
        Action::Update(entity) => {
            mount(route, move |ask, id, held, body| records::update(ask, entity, id, held, body))
        }
        Action::Archive(entity) => mount(route, move |ask, id, held| records::archive(ask, entity, id, held)),
        Action::Restore(entity) => {
            mount(route, move |ask, id, held, posted| records::restore(ask, entity, id, held, posted))
        }
        Action::Children(parent, child, other) => {
            mount(route, move |ask, id, params| records::children(ask, (parent, child, other), id, params))
        }
        Action::Operate(_, operation) if operation.is_on_record() => {
            mount(route, move |ask, id, body| operations::on_record(ask, operation, id, body))
        }
        Action::Import(import) => imports::endpoint(route, import),
        Action::Platform(of) => platform::endpoint(route, of),
        Action::Page(screen) => pages::endpoint(route, screen),
        Action::Export(entity) => mount(route, move |ask| exports::csv(ask, entity)),
        Action::ExportFile => mount(route, exports::file),
        Action::AuditFile => mount(route, exports::audit_file),
        Action::Operate(_, operation) => {
            mount(route, move |ask, body| operations::on_collection(ask, operation, body))
        }
    }
}

/// The handler under the route's method.
pub fn mount<H, T>(route: &Route, handler: H) -> MethodRouter<App>
where
    H: Handler<T, App>,
    T: 'static,
{
    // The list of routes holds standard methods alone; a test mounts each.
    let filter = MethodFilter::try_from(route.method.clone()).unwrap_or(MethodFilter::GET);
    on(filter, handler)
}

async fn unknown() -> Refusal {
    Problem::not_found("address").hint("`/api/docs` lists every address.").into()
}

async fn wrong_method() -> Refusal {
    Problem::new(&codes::METHOD_NOT_ALLOWED, "This address does not take this method.")
        .hint("The header `Allow` lists those it takes.")
        .into()
}

/// A panic of a handler: a defect, told like any other.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic without text");
    axum::response::IntoResponse::into_response(Refusal::from(Problem::internal(format!("panic: {text}"))))
}
