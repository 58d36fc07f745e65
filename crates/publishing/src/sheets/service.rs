//! Use cases of tables.

use bellwether_kernel::{BrandAccess, Permission, Problem, RequestContext, id::PostId};
use bellwether_networks::{Content, Network, Severity, Target, check_options, tidied, validate};
use bellwether_store::TenantTx;
use bellwether_studio::ImportPost;
use chrono::{Days, NaiveDate, NaiveDateTime, NaiveTime};
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use super::{
    content::content,
    read::{self, Column, Row, Table},
};
use crate::{
    ConnectionId, Error, PublicationId, Publishing,
    connections::ConnectionView,
    error::internal,
    publications::{Placing, announce, chosen, model::Source, sql, states},
    reviews,
    schedule::Plan,
    time,
};

/// Most publications of one export.
const MOST_EXPORTED: i64 = 5_000;
/// Most faults that are told.
const MOST_FAULTS: usize = 500;

/// What is written into a table.
#[derive(Debug, Clone, Copy)]
pub struct Exported<'a> {
    /// The first day, in the brand's zone.
    pub from: NaiveDate,
    /// The last day, included; at most a year later.
    pub to: NaiveDate,
    /// Of this network only.
    pub network: Option<Network>,
    /// On this account only.
    pub connection: Option<ConnectionId>,
    /// In these states only, separated by commas; all but `cancelled` without.
    pub state: Option<&'a str>,
}

/// What is done where some rows are faulty.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportMode)]
pub enum Mode {
    /// All rows or none.
    #[default]
    All,
    /// Those without a fault.
    Valid,
}

/// A fault of a row.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportFault)]
pub struct Fault {
    /// As a spreadsheet numbers it: the heading is 1.
    pub row: usize,
    /// The column's heading in the file, or what it would be called.
    pub column: String,
    /// Stable code.
    pub code: String,
    /// How to mend it.
    pub message: String,
}

/// A row that was taken.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ImportedRow)]
pub struct Imported {
    /// As a spreadsheet numbers it.
    pub row: usize,
    /// The post; none after a dry run.
    pub post_id: Option<PostId>,
    /// Where it is planned, if it is.
    pub publication_id: Option<PublicationId>,
    /// For what.
    #[schema(value_type = Target)]
    pub target: String,
    /// The account's handle.
    pub connection: Option<String>,
    /// When, on the brand's wall clock.
    pub local_time: Option<String>,
}

/// What came of a file.
#[derive(Debug, Serialize, ToSchema)]
pub struct ImportReport {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// Rows in the file, without the heading and empty ones.
    pub rows: usize,
    /// Whether anything was written.
    pub written: bool,
    /// The rows that were taken, or would be.
    pub imported: Vec<Imported>,
    /// What is wrong, at most 500.
    pub faults: Vec<Fault>,
    /// Headings that mean nothing here.
    pub ignored_columns: Vec<String>,
    /// The zone of all times.
    pub zone: String,
}

/// A row that can be written.
struct Ready {
    row: usize,
    target: Target,
    content: Content,
    first_comment: Option<String>,
    options: Map<String, Value>,
    account: Option<(ConnectionId, Network, String)>,
    when: Option<(Source, Option<NaiveDateTime>)>,
}

/// What is wrong with a cell.
type Wrong = (Column, &'static str, String);

impl Publishing {
    /// Reads a file into drafts and publications; on a dry run only tells what would become of it.
    pub async fn import_sheet(
        &self,
        access: &BrandAccess,
        file: &[u8],
        (dry_run, mode, approve): (bool, Mode, bool),
        context: &RequestContext,
    ) -> Result<ImportReport, Error> {
        access.allow(Permission::PostsWrite)?;
        access.allow(Permission::PostsPublish)?;
        if approve {
            access.allow(Permission::PostsReview)?;
        }
        let table = read::read(file)?;
        let accounts = self.list_connections_for_posts(access).await?;
        let mut tx = self.store.tenant(access).await?;
        let plan = self.plan(&mut tx, access).await?;
        let now = self.clock.now();
        let (mut ready, mut faults) = (Vec::new(), Vec::new());
        for row in &table.rows {
            match look(row, &accounts, &plan, now) {
                Ok(row) => ready.push(row),
                Err(wrong) => faults.extend(wrong.into_iter().map(|wrong| told(&table, row.number, wrong))),
            }
        }
        faults.truncate(MOST_FAULTS);
        let write = !dry_run && !ready.is_empty() && (faults.is_empty() || mode == Mode::Valid);
        let mut imported = Vec::with_capacity(ready.len());
        for row in ready {
            let mut done = Imported {
                row: row.row,
                post_id: None,
                publication_id: None,
                target: row.target.as_str().to_owned(),
                connection: row.account.as_ref().map(|(_, _, handle)| handle.clone()),
                local_time: row.when.as_ref().and_then(|(_, local)| *local).map(time::write_local),
            };
            if write {
                self.write_row(&mut tx, access, &plan, (&row, approve), &mut done, context).await?;
            }
            imported.push(done);
        }
        if write {
            announce(&mut tx).await?;
            tx.commit().await?;
        } else {
            tx.rollback().await?;
        }
        Ok(ImportReport {
            dry_run,
            rows: table.rows.len(),
            written: write,
            imported,
            faults,
            ignored_columns: table.ignored,
            zone: plan.zone_name,
        })
    }

    async fn write_row(
        &self,
        tx: &mut TenantTx,
        access: &BrandAccess,
        plan: &Plan,
        (row, approve): (&Ready, bool),
        done: &mut Imported,
        context: &RequestContext,
    ) -> Result<(), Error> {
        let new = ImportPost {
            target: row.target,
            content: &row.content,
            first_comment: row.first_comment.as_deref(),
            options: &row.options,
            source_title: None,
            approve,
        };
        let post = self.studio.import_post(tx, access, &new, context).await?;
        done.post_id = Some(post);
        let Some((connection, network, _)) = row.account.as_ref() else { return Ok(()) };
        let (source, local) = match &row.when {
            Some((Source::Queue, _)) => {
                (Source::Queue, Some(self.next_free(tx, plan, *network, *connection).await?))
            }
            Some((source, local)) => (*source, *local),
            None => (Source::Exact, None),
        };
        let value = serde_json::to_value(&row.content).map_err(|error| internal(error.to_string()))?;
        let of = (access.organization, access.brand, post);
        // rules are those of the network that the text is for, also where it is tried out
        let missing = reviews::missing(tx.conn(), of, row.target.network().as_str(), &value).await?;
        let placing = Placing {
            of: (access.organization, access.brand),
            post,
            connection: *connection,
            target: row.target.as_str(),
            network: network.as_str(),
            content: &row.content,
            own: None,
            source,
            local_time: local,
            due_at: local.and_then(|local| time::instant(local, &plan.zone)),
            zone: &plan.zone_name,
            approved: (approve && missing.is_none()).then_some((self.clock.now(), Some(access.user))),
            created_by: access.user,
        };
        done.publication_id = Some(self.place(tx, &placing, (access.actor(), context)).await?);
        done.local_time = local.map(time::write_local);
        Ok(())
    }

    /// Writes what is planned and out on some days as a file that [`Self::import_sheet`] reads.
    pub async fn export_sheet(&self, access: &BrandAccess, wanted: &Exported<'_>) -> Result<Vec<u8>, Error> {
        access.allow(Permission::PostsRead)?;
        let (from, to) = (wanted.from, wanted.to);
        let states = states(wanted.state)?;
        if !(0..=366).contains(&(to - from).num_days()) {
            let words = "Give a day on or after `from`, at most a year later.";
            return Err(Problem::invalid("to", "out_of_range", words).into());
        }
        let mut tx = self.store.tenant(access).await?;
        let (_, zone) = self.zone_of(&mut tx, access.brand).await?;
        let between = (midnight(from, &zone)?, midnight(to + Days::new(1), &zone)?);
        let filter = sql::ListFilter {
            states: states.as_deref(),
            network: wanted.network.map(Network::as_str),
            connection: wanted.connection,
            between: Some(between),
            ascending: true,
            limit: MOST_EXPORTED + 1,
            ..sql::ListFilter::default()
        };
        let rows = sql::list(tx.conn(), access.brand, &filter).await?;
        tx.commit().await?;
        if i64::try_from(rows.len()).is_ok_and(|rows| rows > MOST_EXPORTED) {
            let words = format!("There are more than {MOST_EXPORTED} on these days. Ask for fewer days.");
            return Err(Problem::invalid("to", "too_many", words).into());
        }
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let broken = |error: csv::Error| internal(error.to_string());
        writer
            .write_record([
                "target",
                "connection",
                "local_time",
                "text",
                "content",
                "first_comment",
                "options",
                "state",
                "url",
            ])
            .map_err(broken)?;
        for row in rows.into_iter().filter(|row| states.is_some() || row.state != "cancelled") {
            let json = row.content.as_ref().map_or("", |content| content.0.get());
            let content: Option<Content> = serde_json::from_str(json).ok();
            let plain = content.as_ref().map(Content::plain).unwrap_or_default();
            // written anew: the database puts keys in another order
            let json = content.and_then(|content| serde_json::to_string(&content).ok()).unwrap_or_default();
            let cells = [
                row.target,
                row.handle,
                row.local_time.map(time::write_local).unwrap_or_default(),
                plain,
                json,
                row.first_comment.unwrap_or_default(),
                Some(row.options.0.get()).filter(|options| *options != "{}").unwrap_or_default().to_owned(),
                row.state,
                row.remote_url.unwrap_or_default(),
            ];
            writer.write_record(cells.iter().map(|cell| read::guard(cell))).map_err(broken)?;
        }
        writer.into_inner().map_err(|error| internal(error.to_string()))
    }
}

fn midnight(day: NaiveDate, zone: &TimeZone) -> Result<bellwether_kernel::Timestamp, Problem> {
    time::instant(day.and_time(NaiveTime::MIN), zone)
        .ok_or_else(|| Problem::invalid("from", "out_of_range", "Give dates between 2000 and 2100."))
}

fn told(table: &Table, row: usize, (column, code, message): Wrong) -> Fault {
    let usual = match column {
        Column::Text => "text".to_owned(),
        Column::Part(number) => format!("part {number}"),
        Column::Title => "title".to_owned(),
        Column::Target => "target".to_owned(),
        Column::Connection => "connection".to_owned(),
        Column::Time => "local_time".to_owned(),
        Column::Date => "date".to_owned(),
        Column::Content => "content".to_owned(),
        Column::FirstComment => "first_comment".to_owned(),
        Column::Options => "options".to_owned(),
    };
    let column = table.headings.get(&column).cloned().unwrap_or(usual);
    Fault { row, column, code: code.to_owned(), message }
}

/// Everything that is wrong with a row, or what it means.
fn look(
    row: &Row,
    accounts: &[ConnectionView],
    plan: &Plan,
    now: bellwether_kernel::Timestamp,
) -> Result<Ready, Vec<Wrong>> {
    let mut wrong = Vec::new();
    let mut keep = |result: Result<(), Wrong>| {
        if let Err(fault) = result {
            wrong.push(fault);
        }
    };
    let when = when(row, plan, now).map_err(|fault| keep(Err(fault))).ok().flatten();
    let target = target(row, accounts).map_err(|fault| keep(Err(fault))).ok();
    let mut account = None;
    let mut text = None;
    if let Some(target) = target {
        match find_account(row, accounts, target.network(), when.is_some()) {
            Ok(found) => account = found,
            Err(fault) => keep(Err(fault)),
        }
        match content(target, row) {
            Ok(content) => {
                let errors = validate(target, &content);
                for issue in errors.into_iter().filter(|issue| issue.severity == Severity::Error) {
                    let words = format!("{} ({})", issue.message, issue.path);
                    keep(Err((Column::Text, "breaks_rules", words)));
                }
                text = Some(content);
            }
            Err(fault) => keep(Err(fault)),
        }
    }
    let first_comment = row.cells.get(&Column::FirstComment).map(|comment| comment.trim().to_owned());
    let options = options(row).map_err(|fault| keep(Err(fault))).unwrap_or_default();
    if let Some(target) = target {
        for issue in check_options(target, first_comment.as_deref(), &options) {
            let column = if issue.path == "first_comment" { Column::FirstComment } else { Column::Options };
            keep(Err((column, issue.code, issue.message)));
        }
    }
    match (wrong.is_empty(), target, text) {
        (true, Some(target), Some(content)) => {
            Ok(Ready { row: row.number, target, content, first_comment, options, account, when })
        }
        _ => Err(wrong),
    }
}

/// The choices of a row: an object as an export writes it.
fn options(row: &Row) -> Result<Map<String, Value>, Wrong> {
    let Some(json) = row.cells.get(&Column::Options) else { return Ok(Map::new()) };
    serde_json::from_str(json).map(tidied).map_err(|_| {
        let words = r#"Write the choices as an export does, such as {"privacy":"unlisted"}, or leave the cell empty."#;
        (Column::Options, "invalid_options", words.to_owned())
    })
}

fn same_handle(one: &str, other: &str) -> bool {
    let plain = |handle: &str| handle.trim().trim_start_matches('@').to_lowercase();
    plain(one) == plain(other)
}

fn named<'a>(row: &'a Row, account: &ConnectionView) -> bool {
    row.cells.get(&Column::Connection).is_some_and(|name: &'a String| {
        same_handle(name, &account.handle)
            || same_handle(name, &account.name)
            || name.trim() == account.id.to_string()
    })
}

/// The target that a row names, or the usual one of the account that it names.
fn target(row: &Row, accounts: &[ConnectionView]) -> Result<Target, Wrong> {
    if let Some(text) = row.cells.get(&Column::Target) {
        let text = text.trim().to_lowercase();
        let bare = Network::parse(&text).map(Network::plain_target);
        return bare.or_else(|| Target::parse(&text)).ok_or_else(|| {
            let words = format!(
                "There is no target `{}`. Write a network such as x, or a network and a type such as x.thread.",
                text.chars().take(60).collect::<String>()
            );
            (Column::Target, "unknown_target", words)
        });
    }
    let mut networks: Vec<Network> = accounts
        .iter()
        .filter(|account| named(row, account))
        .filter_map(|a| Network::parse(&a.network))
        .collect();
    networks.sort_unstable();
    networks.dedup();
    match networks.as_slice() {
        [network] => Ok(network.plain_target()),
        _ => Err((
            Column::Target,
            "required",
            "Write a network such as x, or a target such as x.thread.".to_owned(),
        )),
    }
}

fn find_account(
    row: &Row,
    accounts: &[ConnectionView],
    network: Network,
    timed: bool,
) -> Result<Option<(ConnectionId, Network, String)>, Wrong> {
    let of_network = |network: Network| -> Vec<&ConnectionView> {
        accounts.iter().filter(|account| account.network == network.as_str()).collect()
    };
    let mut of = of_network(network);
    // what is tried out may be written for any network, but only where it is named: nobody's post for a network ends up there
    if network != Network::Sandbox {
        of.extend(of_network(Network::Sandbox).into_iter().filter(|account| named(row, account)));
    }
    let found: Vec<&ConnectionView> = match row.cells.get(&Column::Connection) {
        Some(_) => of.iter().copied().filter(|account| named(row, account)).collect(),
        None if timed => of.clone(),
        // neither an account nor a time: a draft
        None => return Ok(None),
    };
    match found.as_slice() {
        [account] if account.status == "active" => {
            let network = Network::parse(&account.network).unwrap_or(network);
            Ok(Some((account.id, network, account.handle.clone())))
        }
        [account] => {
            let words = format!("{} has to be connected again first.", account.name);
            Err((Column::Connection, "not_connected", words))
        }
        [] => {
            let names: Vec<&str> = of.iter().map(|account| account.handle.as_str()).collect();
            let words = if names.is_empty() {
                format!("The brand has no account of {}; connect one first.", network.name())
            } else {
                format!("There is no such account of {}. There are: {}.", network.name(), names.join(", "))
            };
            Err((Column::Connection, "unknown_connection", words))
        }
        _ => {
            let words =
                format!("The brand has several accounts of {}; name one by its handle.", network.name());
            Err((Column::Connection, "ambiguous_connection", words))
        }
    }
}

/// When a row goes out: a time, the queue, or without a time.
fn when(
    row: &Row,
    plan: &Plan,
    now: bellwether_kernel::Timestamp,
) -> Result<Option<(Source, Option<NaiveDateTime>)>, Wrong> {
    let text = match (row.cells.get(&Column::Date), row.cells.get(&Column::Time)) {
        (None, None) => return Ok(None),
        (Some(date), Some(time)) => format!("{} {}", date.trim(), time.trim()),
        (Some(text), None) | (None, Some(text)) => text.trim().to_owned(),
    };
    if text.eq_ignore_ascii_case("queue") {
        return Ok(Some((Source::Queue, None)));
    }
    let local = read::time(&text).ok_or_else(|| {
        let words = "Write a time such as 2026-03-29 09:00, `queue`, or nothing for a draft.";
        (Column::Time, "invalid_time", words.to_owned())
    })?;
    let (local, _) = chosen("time", &time::write_local(local), plan, now).map_err(|error| {
        let problem = Problem::from(error);
        let fault = problem.errors.into_iter().next();
        let words = fault.map_or(problem.detail, |fault| fault.message);
        (Column::Time, "in_the_past", words)
    })?;
    Ok(Some((Source::Exact, Some(local))))
}
