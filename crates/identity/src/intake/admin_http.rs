//! Routes of the admin area, for operators; for everybody else they aren't there.

use axum::{Extension, http::StatusCode};
use bellwether_kernel::{Page, id::UserId};
use bellwether_web::{Api, ApiError, Json, Operator, PageQuery, Path, Query, RequestContext};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::routes;

use super::{
    AccountType, ApplicationStatus, ApplicationView, DemoStatus, DemoView, WaitlistView,
    admin_demos::UpdateDemo,
    admin_people::{OrganizationSummary, PersonView},
    admin_service::{NotificationSettingView, PutNotificationSetting},
    model::{ApplicationId, DemoId, NotificationSettingId, WaitlistEntryId},
};
use crate::Identity;

pub(super) fn routes() -> Api {
    Api::new()
        .routes(routes!(list_applications))
        .routes(routes!(get_application, note_application))
        .routes(routes!(approve_application))
        .routes(routes!(reject_application))
        .routes(routes!(list_waitlist))
        .routes(routes!(leave_waitlist))
        .routes(routes!(grant_early_access))
        .routes(routes!(invite_to_sign_up))
        .routes(routes!(list_demos))
        .routes(routes!(update_demo))
        .routes(routes!(list_notification_settings, put_notification_setting))
        .routes(routes!(delete_notification_setting))
        .routes(routes!(list_people))
        .routes(routes!(suspend_person))
        .routes(routes!(restore_person))
        .routes(routes!(list_organizations))
}

/// Which applications.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ApplicationQuery {
    /// Only of this status.
    status: Option<ApplicationStatus>,
    /// Only of this kind.
    account_type: Option<AccountType>,
}

/// Who of the waitlist.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct WaitlistQuery {
    /// Only those who still wait (`true`) or whose turn has come (`false`).
    waiting: Option<bool>,
}

/// Which demos.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DemoQuery {
    /// Only of this status.
    status: Option<DemoStatus>,
}

/// What is looked for.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Search {
    /// Only with this in the name or address.
    q: Option<String>,
}

impl Search {
    fn text(&self) -> Option<&str> {
        self.q.as_deref().map(str::trim).filter(|text| !text.is_empty())
    }
}

/// Notes on an application.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NoteApplication {
    /// Seen by operators only; at most 5,000 characters.
    admin_notes: String,
}

/// Why an application is turned down.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct RejectApplication {
    /// The applicant reads it.
    reason: String,
}

/// Who is invited.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct InviteToSignUp {
    /// E-mail address.
    email: String,
}

/// Who hears of what comes in.
#[derive(Serialize, ToSchema)]
struct NotificationSettings {
    /// By address.
    items: Vec<NotificationSettingView>,
}

/// List applications.
#[utoipa::path(get, path = "/admin/applications", tag = "Administration", params(ApplicationQuery, PageQuery),
    responses((status = 200, body = Page<ApplicationView>)))]
async fn list_applications(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Query(query): Query<ApplicationQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<ApplicationView>>, ApiError> {
    let page = identity.list_applications(operator, query.status, query.account_type, page).await?;
    Ok(axum::Json(page))
}

/// Read an application.
#[utoipa::path(get, path = "/admin/applications/{application}", tag = "Administration",
    params(("application" = ApplicationId, Path)), responses((status = 200, body = ApplicationView)))]
async fn get_application(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(application): Path<ApplicationId>,
) -> Result<axum::Json<ApplicationView>, ApiError> {
    Ok(axum::Json(identity.get_application(operator, application).await?))
}

/// Note something on an application.
#[utoipa::path(patch, path = "/admin/applications/{application}", tag = "Administration",
    params(("application" = ApplicationId, Path)), request_body = NoteApplication,
    responses((status = 200, body = ApplicationView)))]
async fn note_application(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(application): Path<ApplicationId>,
    Json(note): Json<NoteApplication>,
) -> Result<axum::Json<ApplicationView>, ApiError> {
    Ok(axum::Json(identity.note_application(operator, application, &note.admin_notes).await?))
}

/// Approve an application.
///
/// The applicant gets a mail with a link to sign up, good for two weeks.
#[utoipa::path(post, path = "/admin/applications/{application}/approve", tag = "Administration",
    params(("application" = ApplicationId, Path)), responses((status = 200, body = ApplicationView)))]
async fn approve_application(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(application): Path<ApplicationId>,
    RequestContext(context): RequestContext,
) -> Result<axum::Json<ApplicationView>, ApiError> {
    Ok(axum::Json(identity.approve_application(operator, application, &context).await?))
}

/// Reject an application.
///
/// The applicant gets a mail with the reason.
#[utoipa::path(post, path = "/admin/applications/{application}/reject", tag = "Administration",
    params(("application" = ApplicationId, Path)), request_body = RejectApplication,
    responses((status = 200, body = ApplicationView)))]
async fn reject_application(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(application): Path<ApplicationId>,
    RequestContext(context): RequestContext,
    Json(input): Json<RejectApplication>,
) -> Result<axum::Json<ApplicationView>, ApiError> {
    let view = identity.reject_application(operator, application, &input.reason, &context).await?;
    Ok(axum::Json(view))
}

/// List the waitlist.
///
/// Who waits longest comes first.
#[utoipa::path(get, path = "/admin/waitlist", tag = "Administration", params(WaitlistQuery, PageQuery),
    responses((status = 200, body = Page<WaitlistView>)))]
async fn list_waitlist(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Query(query): Query<WaitlistQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<WaitlistView>>, ApiError> {
    Ok(axum::Json(identity.list_waitlist(operator, query.waiting, page).await?))
}

/// Take somebody off the waitlist.
#[utoipa::path(delete, path = "/admin/waitlist/{entry}", tag = "Administration",
    params(("entry" = WaitlistEntryId, Path)), responses((status = 204)))]
async fn leave_waitlist(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(entry): Path<WaitlistEntryId>,
) -> Result<StatusCode, ApiError> {
    identity.leave_waitlist(operator, entry).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Grant early access.
///
/// They get a mail with a link to sign up, good for two weeks; granted again, a new one.
#[utoipa::path(post, path = "/admin/waitlist/{entry}/grant", tag = "Administration",
    params(("entry" = WaitlistEntryId, Path)), responses((status = 204)))]
async fn grant_early_access(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(entry): Path<WaitlistEntryId>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.grant_early_access(operator, entry, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invite somebody to sign up.
///
/// They get a mail with a link, good for two weeks.
#[utoipa::path(post, path = "/admin/sign-up-invitations", tag = "Administration", request_body = InviteToSignUp,
    responses((status = 204), (status = 409, description = "The address has an account")))]
async fn invite_to_sign_up(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    RequestContext(context): RequestContext,
    Json(input): Json<InviteToSignUp>,
) -> Result<StatusCode, ApiError> {
    identity.invite_to_sign_up(operator, &input.email, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List requests for a demo.
#[utoipa::path(get, path = "/admin/demos", tag = "Administration", params(DemoQuery, PageQuery),
    responses((status = 200, body = Page<DemoView>)))]
async fn list_demos(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Query(query): Query<DemoQuery>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<DemoView>>, ApiError> {
    Ok(axum::Json(identity.list_demos(operator, query.status, page).await?))
}

/// Plan a demo, note something on it, end it.
///
/// A date makes a request a planned demo, and its requester is told by mail.
#[utoipa::path(patch, path = "/admin/demos/{demo}", tag = "Administration", params(("demo" = DemoId, Path)),
    request_body = UpdateDemo, responses((status = 200, body = DemoView)))]
async fn update_demo(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(demo): Path<DemoId>,
    Json(change): Json<UpdateDemo>,
) -> Result<axum::Json<DemoView>, ApiError> {
    Ok(axum::Json(identity.update_demo(operator, demo, change).await?))
}

/// Who hears by mail of what comes in.
#[utoipa::path(get, path = "/admin/notification-settings", tag = "Administration",
    responses((status = 200, body = NotificationSettings)))]
async fn list_notification_settings(
    Extension(identity): Extension<Identity>,
    operator: Operator,
) -> Result<axum::Json<NotificationSettings>, ApiError> {
    Ok(axum::Json(NotificationSettings { items: identity.list_notification_settings(operator).await? }))
}

/// Decide what an address hears of.
#[utoipa::path(put, path = "/admin/notification-settings", tag = "Administration",
    request_body = PutNotificationSetting, responses((status = 200, body = NotificationSettings)))]
async fn put_notification_setting(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Json(put): Json<PutNotificationSetting>,
) -> Result<axum::Json<NotificationSettings>, ApiError> {
    Ok(axum::Json(NotificationSettings { items: identity.put_notification_setting(operator, put).await? }))
}

/// Notify an address no more.
#[utoipa::path(delete, path = "/admin/notification-settings/{setting}", tag = "Administration",
    params(("setting" = NotificationSettingId, Path)), responses((status = 204)))]
async fn delete_notification_setting(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(setting): Path<NotificationSettingId>,
) -> Result<StatusCode, ApiError> {
    identity.delete_notification_setting(operator, setting).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List people.
#[utoipa::path(get, path = "/admin/users", tag = "Administration", params(Search, PageQuery),
    responses((status = 200, body = Page<PersonView>)))]
async fn list_people(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Query(search): Query<Search>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<PersonView>>, ApiError> {
    Ok(axum::Json(identity.list_people(operator, search.text(), page).await?))
}

/// Suspend a person.
///
/// They can't sign in, their sessions end, and their API keys stop working, until they are let in again. Nobody suspends
/// themselves.
#[utoipa::path(post, path = "/admin/users/{user}/suspend", tag = "Administration", params(("user" = UserId, Path)),
    responses((status = 204), (status = 409, description = "Yourself, or the last operator")))]
async fn suspend_person(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(user): Path<UserId>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.set_suspended(operator, user, true, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let a suspended person in again.
///
/// They sign in anew; their API keys work again.
#[utoipa::path(post, path = "/admin/users/{user}/restore", tag = "Administration", params(("user" = UserId, Path)),
    responses((status = 204)))]
async fn restore_person(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Path(user): Path<UserId>,
    RequestContext(context): RequestContext,
) -> Result<StatusCode, ApiError> {
    identity.set_suspended(operator, user, false, &context).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// List organizations.
#[utoipa::path(get, path = "/admin/organizations", tag = "Administration", params(Search, PageQuery),
    responses((status = 200, body = Page<OrganizationSummary>)))]
async fn list_organizations(
    Extension(identity): Extension<Identity>,
    operator: Operator,
    Query(search): Query<Search>,
    PageQuery(page): PageQuery,
) -> Result<axum::Json<Page<OrganizationSummary>>, ApiError> {
    Ok(axum::Json(identity.list_organizations(operator, search.text(), page).await?))
}
