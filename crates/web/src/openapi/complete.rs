//! Adds to the generated description what holds for every operation, so that no handler has to repeat it.

use bellwether_kernel::FieldError;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, Content, Header, HttpMethod, Info, License, OpenApi, Ref, RefOr, Required, Response,
        Server, Tag,
        path::{Operation, Parameter, ParameterBuilder, ParameterIn, PathItem},
        schema::{ObjectBuilder, Type},
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    cookies,
    error::{PROBLEM_JSON, ProblemBody},
    extract,
};

/// What everything in the API has in common.
const INTRODUCTION: &str = "\
The API of Bellwether, which its browser app uses and nothing else.

**Signing in.** A browser has the cookie `bellwether_session`; programs send `Authorization: Bearer …`.

**Problems** are `application/problem+json` with a stable `code`, a `detail` that says how to mend it, `errors` with \
the place of each fault as a JSON pointer without its leading slash, and the `request_id` that the server's log has too.

**Lists** come in pages: send `next_cursor` as `cursor` for the next one.

**Repeating safely.** Send `Idempotency-Key` (a new UUID for each request) with a POST: sent again with the same key \
within 24 hours, it is not carried out again but answered as before, with `Idempotency-Replayed: true`.

**Editing together.** Things with a `version` come with an `ETag`; send it as `If-Match` with a change. 412 means that \
somebody else was faster.

**Rates.** `RateLimit-Limit`, `RateLimit-Remaining` and `RateLimit-Reset` (seconds) say what is left; 429 comes with \
`Retry-After`.";

/// The standard problems: status, name, what it means.
const PROBLEMS: [(&str, &str, &str); 12] = [
    ("400", "Malformed", "The request can't be read."),
    ("401", "Unauthenticated", "Nobody is signed in."),
    ("403", "Forbidden", "Your role does not allow it, or another site's page asked."),
    ("404", "NotFound", "It does not exist, or isn't yours to see."),
    ("409", "Conflict", "Its state does not allow it, or the request with this Idempotency-Key still runs."),
    ("412", "Stale", "It was changed in the meantime."),
    ("413", "TooLarge", "The body is too large."),
    ("415", "UnsupportedMedia", "The body's content type isn't read here."),
    ("422", "Invalid", "Something in the request is wrong; `errors` says where."),
    ("428", "PreconditionRequired", "`If-Match` is missing."),
    ("429", "RateLimited", "Too many requests; `Retry-After` says when to go on."),
    ("500", "Internal", "A fault of ours; the server's log has it under `request_id`."),
];

pub(super) fn complete(document: &mut OpenApi, version: &str) {
    let mut info = Info::new("Bellwether", version);
    info.description = Some(INTRODUCTION.to_owned());
    let mut license = License::new("Apache-2.0");
    license.identifier = Some("Apache-2.0".to_owned());
    info.license = Some(license);
    document.info = info;
    document.servers = Some(vec![Server::new("/")]);
    document.security = Some(vec![requirement("session"), requirement("bearer")]);
    components(document.components.get_or_insert_with(Components::new));

    let mut tags: Vec<String> = Vec::new();
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            for tag in operation.tags.iter().flatten() {
                if !tags.contains(tag) {
                    tags.push(tag.clone());
                }
            }
            describe(path, &method, operation);
        }
    }
    document.tags = (!tags.is_empty()).then(|| tags.into_iter().map(Tag::new).collect());
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, &mut item.get),
        (HttpMethod::Put, &mut item.put),
        (HttpMethod::Post, &mut item.post),
        (HttpMethod::Patch, &mut item.patch),
        (HttpMethod::Delete, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| Some((method, operation.as_mut()?)))
}

/// Adds what follows from an operation's method, path and arguments.
fn describe(path: &str, method: &HttpMethod, operation: &mut Operation) {
    // doc comments are sentences, summaries are headings
    if let Some(summary) = &mut operation.summary {
        summary.truncate(summary.trim_end_matches('.').len());
    }
    // `security(())` says that nobody needs to be signed in
    let open = operation
        .security
        .as_ref()
        .is_some_and(|all| all.iter().any(|one| *one == SecurityRequirement::default()));
    let in_organization = path.contains("/{org}");
    let post = *method == HttpMethod::Post;
    if post && !open {
        parameter(operation, idempotency_key());
    }
    if *method == HttpMethod::Patch && in_organization {
        parameter(operation, extract::if_match_parameter());
    }
    let named = |wanted: &str| {
        operation.parameters.iter().flatten().any(|one| matches!(one, RefOr::T(one) if one.name == wanted))
    };
    let (versioned, body) = (named("If-Match"), operation.request_body.is_some());
    let has_input = body || operation.parameters.as_ref().is_some_and(|all| !all.is_empty());
    for (status, name, _) in PROBLEMS {
        let applies = match status {
            "400" => has_input || body,
            "401" => !open,
            "403" => in_organization || *method != HttpMethod::Get,
            "404" => path.contains('{'),
            "409" => post && !open,
            "412" | "428" => versioned,
            "413" | "415" => body,
            "422" => has_input,
            _ => true,
        };
        if applies {
            let problem = Ref::from_response_name(name);
            operation.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::Ref(problem));
        }
    }
    for (status, response) in &mut operation.responses.responses {
        if let RefOr::T(response) = response {
            fill(status, response);
        }
    }
}

/// Gives a response that the handler only named its body and its words.
fn fill(status: &str, response: &mut Response) {
    let failed = status.starts_with('4') || status.starts_with('5');
    if failed && response.content.is_empty() {
        response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(problem_content()));
    }
    if response.description.is_empty() {
        let standard = PROBLEMS.iter().find(|(known, ..)| *known == status).map(|(.., text)| *text);
        let words = standard.unwrap_or(match status {
            "201" => "Made.",
            "202" => "Taken on; it goes on in the background.",
            "204" => "Done; there is nothing to say.",
            _ => "Done.",
        });
        words.clone_into(&mut response.description);
    }
}

fn components(components: &mut Components) {
    let schemas = &mut components.schemas;
    schemas.insert(ProblemBody::name().into_owned(), ProblemBody::schema());
    schemas.insert(FieldError::name().into_owned(), FieldError::schema());
    for (status, name, text) in PROBLEMS {
        let mut response = Response::new(text);
        response.content.insert(PROBLEM_JSON.to_owned(), RefOr::T(problem_content()));
        if status == "429" {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
            let mut header = Header::new(seconds);
            header.description = Some("Seconds until the next request may go on.".to_owned());
            response.headers.insert("Retry-After".to_owned(), RefOr::T(header));
        }
        components.responses.insert(name.to_owned(), RefOr::T(response));
    }
    let cookie = ApiKeyValue::with_description(cookies::NAME, "The browser app's session.");
    let mut bearer = Http::new(HttpAuthScheme::Bearer);
    bearer.description = Some("A session's token or an API key.".to_owned());
    let security = &mut components.security_schemes;
    security.insert("session".to_owned(), RefOr::T(SecurityScheme::ApiKey(ApiKey::Cookie(cookie))));
    security.insert("bearer".to_owned(), RefOr::T(SecurityScheme::Http(bearer)));
}

fn requirement(name: &str) -> SecurityRequirement {
    SecurityRequirement::new(name, std::iter::empty::<String>())
}

fn problem_content() -> Content {
    Content::new(Some(Ref::from_schema_name(ProblemBody::name())))
}

fn parameter(operation: &mut Operation, new: Parameter) {
    let parameters = operation.parameters.get_or_insert_default();
    if !parameters.iter().any(|one| matches!(one, RefOr::T(one) if one.name == new.name)) {
        parameters.push(RefOr::T(new));
    }
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some("A text of your own, new for each request: the request is carried out once."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).max_length(Some(255)).build()))
        .build()
}
