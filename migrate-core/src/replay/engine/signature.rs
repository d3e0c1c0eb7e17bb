//! What `OR REPLACE` may not change of a function.

use super::Engine;
use crate::diagnostics::Code;
use crate::replay::catalog::{Function, Signature};
use crate::replay::model::{
    CreateFunction, ObjectKind, Parameter, ParameterMode, Returns, Text, TypeName,
};
use crate::replay::resolve::Fault;

impl Engine {
    /// What of a function is certain and has to stay.
    pub(super) fn signature(&self, create: &CreateFunction) -> Option<Signature> {
        let is_input = |parameter: &Parameter| {
            matches!(parameter.mode, ParameterMode::In | ParameterMode::Variadic)
        };
        if create.kind != ObjectKind::Function || !create.parameters.iter().all(is_input) {
            return None;
        }
        let name_of = |type_name: &TypeName| {
            let (name, id) = self.catalog.find_type(self.dialect, type_name).present()?;
            match id {
                // Its name may change.
                Some(id) => Some(Text::from(format!("{} {}", type_name.is_array, id.0))),
                // `_int4` is another name of `int4[]`.
                None => (!name.contains("._")).then_some(name),
            }
        };
        let returns = match create.returns.as_ref()? {
            Returns::Type(type_name) => vec![name_of(type_name)?],
            // A table of one column is the same as rows of its type.
            Returns::Table(columns) => match columns.as_slice() {
                [(_, type_name)] => vec![name_of(type_name)?],
                columns => columns.iter().map(|(name, _)| name.text.clone()).collect(),
            },
        };
        let names = create.parameters.iter();
        Some(Signature {
            returns,
            names: names.map(|parameter| Some(parameter.name.as_ref()?.text.clone())).collect(),
            defaults: create.parameters.iter().filter(|it| it.default.is_some()).count(),
        })
    }

    /// A fault where a function is replaced by one that callers would see as another.
    pub(super) fn refuse_changed_signature(&mut self, create: &CreateFunction, old: &Function) {
        let (Some(own), Some(new)) = (&old.signature, self.signature(create)) else { return };
        // What surroundings say is near enough to resolve names, not more.
        if !self.dialect.checks_signatures() || !old.is_certain || old.site.is_none() {
            return;
        }
        let Some(what) = difference(own, &new) else { return };
        let message = format!("`{}` cannot be replaced: {what}", create.name.display());
        let fault = Fault::new(Code::M410, create.name.place(), message)
            .at_site(old.site, "the function is created here")
            .help("drop the function first");
        self.fault(fault);
    }
}

fn difference(old: &Signature, new: &Signature) -> Option<String> {
    let is_record = |returns: &[Text]| matches!(returns, [only] if &**only == "pg_catalog.record");
    if old.returns != new.returns && !is_record(&old.returns) && !is_record(&new.returns) {
        return Some("it returns something else".to_owned());
    }
    let renamed = old.names.iter().zip(&new.names).find_map(|(old, new)| {
        let old = old.as_ref()?;
        (new.as_ref() != Some(old)).then_some(old)
    });
    if let Some(name) = renamed {
        return Some(format!("its parameter `{name}` is called otherwise"));
    }
    (new.defaults < old.defaults).then(|| "a parameter loses its default".to_owned())
}
