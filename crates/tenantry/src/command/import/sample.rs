//! `tenantry import sample`: a file to fill in. It needs no database.

use std::io::Write;

use model::value::nearest;
use work::{
    export::{Format, Layout},
    import::{self, DATA_TYPES},
};

use crate::{cli::ImportSampleArgs, failure::Failure};

/// Writes the file, or the standard output.
pub fn run(args: &ImportSampleArgs) -> Result<(), Failure> {
    let kind = import::data_type(&args.data_type).ok_or_else(|| {
        let near = nearest(&args.data_type, DATA_TYPES.iter().map(|kind| kind.name));
        let hint = near.map(|name| format!(" Did you mean `{name}`?")).unwrap_or_default();
        Failure::usage(format!("There is no data type `{}`.{hint}", args.data_type))
    })?;
    let ending = args.out.as_deref().and_then(|path| path.extension()?.to_str());
    let format = args.format.as_deref().or(ending).and_then(Format::named);
    let format = format.filter(|format| *format == Format::Xlsx).unwrap_or(Format::Csv);
    // Excel knows UTF-8 by the mark.
    let sample = import::sample(kind, Layout { bom: true, ..format.into() })?;
    let Some(path) = &args.out else {
        return std::io::stdout()
            .write_all(&sample)
            .map_err(|error| Failure::work(format!("The sample cannot be written: {error}.")));
    };
    std::fs::write(path, sample)
        .map_err(|error| Failure::work(format!("{} cannot be written: {error}.", path.display())))?;
    eprintln!("A sample of {} was written to {}.", kind.label.en.to_lowercase(), path.display());
    Ok(())
}
