//! `tenantry import`: files to records, with a look and a question in between.

mod errors;
mod fetch;
mod progress;
mod sample;
mod told;

use std::{
    io::{IsTerminal, Write},
    path::Path,
};

use model::{
    Document,
    caller::Caller,
    problem::{Problem, codes},
};
use serde_json::Value;
use uuid::Uuid;
use work::{
    import::{self, BatchStatus, EmptyCells, Mode, Options, Policy, Report, SourceKind, TemplateUse, Upload},
    jobs::Services,
    operation, sources, tenants,
};

use crate::{
    cli::{ImportArgs, ImportBatchArgs, ImportCommand, ImportFiles},
    database::Database,
    failure::Failure,
    settings::Settings,
};
use progress::Meter;

pub use sample::run as sample;

/// Imports files, or goes on with, cancels or undoes a batch.
pub async fn run(settings: &Settings, database: &Database, args: ImportArgs) -> Result<(), Failure> {
    match (args.command, args.files) {
        (Some(ImportCommand::Resume(args)), _) => resume(database, &args.batch, args.yes, args.json).await,
        (Some(ImportCommand::Cancel(args)), _) => cancel(database, &args).await,
        (Some(ImportCommand::Undo(args)), _) => undo(database, &args.batch, args.force).await,
        (Some(ImportCommand::Sample(args)), _) => sample(&args),
        (Some(ImportCommand::Fetch(args)), _) => fetch::run(settings, database, &args).await,
        (None, Some(files)) => import_files(settings, database, files).await,
        (None, None) => Err(Failure::usage("Name the files to import.")),
    }
}

/// A batch at work: whose, which, and how its course is told.
struct Desk<'a> {
    database: &'a Database,
    caller: Caller,
    slug: String,
    id: Uuid,
    json: bool,
}

async fn caller(database: &Database, slug: &str) -> Result<Caller, Failure> {
    let tenant = tenants::find(&database.db, slug).await?;
    Ok(Caller::system(tenant, database.db.world().id()))
}

async fn import_files(settings: &Settings, database: &Database, args: ImportFiles) -> Result<(), Failure> {
    let caller = caller(database, &args.tenant).await?;
    let mut options = Options::new(SourceKind::Cli);
    options.data_type = args.data_type;
    options.mode = args.mode.as_deref().and_then(Mode::from_name);
    options.policy = args.policy.as_deref().and_then(|name| Policy::from_name(&name.replace('-', "_")));
    options.empty_cells = args.empty.as_deref().and_then(EmptyCells::from_name);
    options.restore = args.restore.then_some(true);
    options.template = match args.template {
        Some(name) => TemplateUse::Named(name),
        None if args.no_template => TemplateUse::Never,
        None => TemplateUse::Fitting,
    };
    for set in &args.set {
        let Some((field, value)) = set.split_once('=') else {
            return Err(Failure::usage(format!(
                "`--set {set}` has no =; write it like --set customers.country=US."
            )));
        };
        options.mapping.set.insert(field.trim().to_owned(), value.into());
    }
    let uploads = args
        .files
        .into_iter()
        .map(|path| {
            let name = path
                .file_name()
                .map_or_else(|| path.display().to_string(), |n| n.to_string_lossy().into_owned());
            Upload { name, path }
        })
        .collect();
    let (db, files) = (&database.db, &database.files);
    let id = match &args.source {
        None => import::receive(db, files, &caller, uploads, &options).await?,
        Some(source) => {
            sources::receive_for(db, files, &caller, source, uploads, options, None).await?.now()?
        }
    };
    let desk = Desk { database, caller, slug: args.tenant, id, json: args.json };
    eprintln!("Batch {id}");
    if let Some(name) = &args.save_template {
        let replaced = save_template(&database.services(settings)?, &desk.caller, id, name).await?;
        eprintln!("{} the template “{name}”.", if replaced { "Replaced" } else { "Saved" });
    }
    let meter = Meter::new();
    if args.source.is_none() || args.dry_run {
        import::validate(db, files, &desk.caller, id, &|step| meter.show(step)).await?;
        drop(meter);
        return desk.decide(args.dry_run, args.yes).await;
    }
    sources::go_on(db, files, &desk.caller, id, &|step| meter.show(step)).await?;
    drop(meter);
    desk.stands(args.yes).await
}

/// Keeps the mapping as a template, by the operation that the API runs; answers whether it replaced one.
async fn save_template(
    services: &Services,
    caller: &Caller,
    batch: Uuid,
    name: &str,
) -> Result<bool, Failure> {
    let operation = operation::named("import_templates.save")?;
    let input = Document::from_iter([
        ("name".to_owned(), name.into()),
        ("batch_id".to_owned(), batch.to_string().into()),
    ]);
    let saved = operation::execute(services, caller, operation, None, input).await?;
    Ok(saved.get("replaced").and_then(Value::as_bool).unwrap_or_default())
}

async fn resume(database: &Database, batch: &ImportBatchArgs, yes: bool, json: bool) -> Result<(), Failure> {
    let caller = caller(database, &batch.tenant).await?;
    let desk = Desk { database, caller, slug: batch.tenant.clone(), id: batch.batch, json };
    let meter = Meter::new();
    import::resume(&database.db, &database.files, &desk.caller, desk.id, &|step| meter.show(step)).await?;
    drop(meter);
    desk.stands(yes).await
}

async fn cancel(database: &Database, args: &ImportBatchArgs) -> Result<(), Failure> {
    let caller = caller(database, &args.tenant).await?;
    import::cancel(&database.db, &caller, args.batch).await?;
    println!(
        "Cancelled. What was written stays; `tenantry import undo {} --tenant {}` takes it back.",
        args.batch, args.tenant
    );
    Ok(())
}

async fn undo(database: &Database, args: &ImportBatchArgs, force: bool) -> Result<(), Failure> {
    let caller = caller(database, &args.tenant).await?;
    let meter = Meter::new();
    let undone = import::undo(&database.db, &caller, args.batch, force, &|step| meter.show(step)).await?;
    drop(meter);
    println!("Undone: {} records removed, {} restored.", undone.removed, undone.restored);
    if undone.conflicts > 0 {
        println!(
            "{} records were left alone: they changed since, or others point at them.",
            undone.conflicts
        );
        told::conflicts(&import::report(&database.db, &caller, args.batch).await?);
        if !force {
            println!("With --force also those that only changed are taken back.");
        }
    }
    Ok(())
}

impl Desk<'_> {
    async fn report(&self) -> Result<Report, Failure> {
        Ok(import::report(&self.database.db, &self.caller, self.id).await?)
    }

    /// Gets a batch approved that is checked; tells how another ended.
    async fn stands(&self, yes: bool) -> Result<(), Failure> {
        let report = self.report().await?;
        if report.status == BatchStatus::Validated.name()
            || report.status == BatchStatus::AwaitingApproval.name()
        {
            return self.decide(false, yes).await;
        }
        self.end(&report, 0).await
    }

    /// Tells what a commit would do and gets it approved, or not.
    async fn decide(&self, dry_run: bool, yes: bool) -> Result<(), Failure> {
        let report = self.report().await?;
        if !self.json {
            told::files(&report);
        }
        errors::write(&self.database.db, &self.caller, &report, Path::new(".")).await?;
        if dry_run {
            import::cancel(&self.database.db, &self.caller, self.id).await?;
            self.say("Dry run: nothing was written.");
            return self.finish(&report);
        }
        let hopeless = report.policy == Policy::AllOrNothing.name() && report.counts.failed > 0;
        if !hopeless && !yes {
            match self.ask(&report) {
                Some(true) => {}
                Some(false) => {
                    import::cancel(&self.database.db, &self.caller, self.id).await?;
                    self.say("Cancelled: nothing was written.");
                    return self.finish(&report);
                }
                None => {
                    if report.status == BatchStatus::Validated.name() {
                        import::submit(&self.database.db, &self.caller, self.id).await?;
                    }
                    self.say(&format!(
                        "Awaiting approval; `tenantry import resume {} --tenant {} --yes` commits it.",
                        self.id, self.slug
                    ));
                    return self.finish(&report);
                }
            }
        }
        let meter = Meter::new();
        let committed =
            import::commit(&self.database.db, &self.caller, self.id, &|step| meter.show(step)).await;
        drop(meter);
        match committed {
            Err(problem) if problem.code() == &codes::CHANGED => return self.look_again(&problem).await,
            // What stands in the way of this very batch is told by its report.
            Err(problem) if hopeless && problem.code() == &codes::INVALID => {}
            other => other?,
        }
        self.end(&self.report().await?, report.counts.failed).await
    }

    /// Records changed since the rows were looked at: tells what a commit would do now, and leaves it to a person.
    async fn look_again(&self, problem: &Problem) -> Result<(), Failure> {
        eprintln!("{problem}");
        let meter = Meter::new();
        let (db, files) = (&self.database.db, &self.database.files);
        import::validate(db, files, &self.caller, self.id, &|step| meter.show(step)).await?;
        drop(meter);
        import::submit(db, &self.caller, self.id).await?;
        let report = self.report().await?;
        if !self.json {
            told::files(&report);
        }
        self.say(&format!(
            "It was validated again and nothing is written yet; `tenantry import resume {} --tenant {} --yes` commits it.",
            self.id, self.slug
        ));
        self.finish(&report)?;
        Err(Failure::Told)
    }

    /// Tells how a batch ended.
    async fn end(&self, report: &Report, foretold: u64) -> Result<(), Failure> {
        if self.json {
            told::json(report);
        } else {
            told::end(report, &self.slug, foretold);
        }
        if report.counts.failed > foretold {
            errors::write(&self.database.db, &self.caller, report, Path::new(".")).await?;
        }
        if report.status == BatchStatus::Failed.name() { Err(Failure::Told) } else { Ok(()) }
    }

    /// Ends a batch that was not committed.
    fn finish(&self, report: &Report) -> Result<(), Failure> {
        if self.json {
            told::json(report);
        }
        Ok(())
    }

    fn say(&self, text: &str) {
        if self.json { eprintln!("{text}") } else { println!("{text}") }
    }

    /// Asks the person at the terminal; `None` where there is none.
    fn ask(&self, report: &Report) -> Option<bool> {
        if self.json || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
            return None;
        }
        print!(
            "Write this ({} to create, {} to update)? [y/N] ",
            report.counts.created, report.counts.updated
        );
        let mut answer = String::new();
        let read = std::io::stdout().flush().and_then(|()| std::io::stdin().read_line(&mut answer));
        Some(read.is_ok() && matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
    }
}
