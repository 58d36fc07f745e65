//! Routes of the outbox, for operators.

use axum::Extension;
use bellwether_kernel::{Page, id::MailId};
use bellwether_web::{Api, ApiError, Operator, PageQuery, Path, Query};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::routes;

use crate::{MailSummary, MailView, Mailer, Status};

impl Mailer {
    /// The routes of the outbox.
    pub fn routes(&self) -> Api {
        Api::new().routes(routes!(list_mails)).routes(routes!(get_mail)).layer(Extension(self.clone()))
    }
}

/// Which mails.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Which {
    /// Only those of which this became.
    status: Option<Status>,
}

/// List mails.
///
/// For operators. Newest first, without their content.
#[utoipa::path(get, path = "/admin/mails", tag = "Administration", params(PageQuery, Which),
    responses((status = 200, body = Page<MailSummary>)))]
async fn list_mails(
    Extension(mailer): Extension<Mailer>,
    operator: Operator,
    page: PageQuery,
    Query(which): Query<Which>,
) -> Result<axum::Json<Page<MailSummary>>, ApiError> {
    Ok(axum::Json(mailer.list(operator, which.status, page.0).await?))
}

/// Read a mail.
///
/// For operators. The content is there while the mail waits or when it is kept because there is no mail server.
#[utoipa::path(get, path = "/admin/mails/{mail}", tag = "Administration", params(("mail" = MailId, Path)),
    responses((status = 200, body = MailView)))]
async fn get_mail(
    Extension(mailer): Extension<Mailer>,
    operator: Operator,
    Path(mail): Path<MailId>,
) -> Result<axum::Json<MailView>, ApiError> {
    Ok(axum::Json(mailer.get(operator, mail).await?))
}
