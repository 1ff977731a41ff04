//! The sandbox: which parts of Rhai scripts have, and the limits that they run in.
//!
//! No package is taken whole: no `eval`, no `sleep` or `timestamp` of Rhai's own, no `exit`, no files. Imports find the
//! rule's own libraries and nothing else. The optimiser is off: it has once dropped calls that had effects.

mod bounded;
mod sorted;

use rhai::packages::{
    ArithmeticPackage, BasicArrayPackage, BasicBlobPackage, BasicFnPackage, BasicIteratorPackage,
    BasicMapPackage, BasicMathPackage, BasicStringPackage, LogicPackage, MoreStringPackage,
    Package,
};
use rhai::{Dynamic, Engine, OptimizationLevel};

use crate::host::modules::ThreadModules;
use crate::host::{cells, current, gauge};
use crate::settings::Settings;

/// Words of Rhai that scripts do not have.
const DISABLED: &[&str] = &["eval"];
/// How many imports a script may have in force.
const MODULES: usize = 50;

/// A bare engine within its limits.
pub(crate) fn engine(settings: &Settings) -> Engine {
    let mut engine = Engine::new_raw();
    engine.set_optimization_level(OptimizationLevel::None);
    packages(&mut engine);
    bounded::register(&mut engine);
    sorted::register(&mut engine);
    for word in DISABLED {
        engine.disable_symbol(*word);
    }
    engine.set_module_resolver(ThreadModules);
    limit(&mut engine, settings);
    watch_variables(&mut engine);
    engine
}

fn packages(engine: &mut Engine) {
    ArithmeticPackage::new().register_into_engine(engine);
    BasicStringPackage::new().register_into_engine(engine);
    BasicIteratorPackage::new().register_into_engine(engine);
    BasicFnPackage::new().register_into_engine(engine);
    LogicPackage::new().register_into_engine(engine);
    BasicMathPackage::new().register_into_engine(engine);
    BasicArrayPackage::new().register_into_engine(engine);
    BasicBlobPackage::new().register_into_engine(engine);
    BasicMapPackage::new().register_into_engine(engine);
    MoreStringPackage::new().register_into_engine(engine);
}

fn limit(engine: &mut Engine, settings: &Settings) {
    use cuebook_core::limits;

    let limits = settings.limits;
    let memory = settings.memory;
    engine
        .set_max_call_levels(limits.call_depth)
        .set_max_expr_depths(limits::EXPRESSION_DEPTH, limits::FUNCTION_EXPRESSION_DEPTH)
        .set_max_variables(limits.variables)
        .set_max_functions(limits::FUNCTIONS)
        .set_max_modules(MODULES)
        .set_max_string_size(limits.text)
        .set_max_array_size(limits.array)
        .set_max_map_size(limits.map)
        // Operations are counted by the gauge: Rhai's own count starts anew in closures that we call.
        .set_max_operations(0)
        .on_progress(move |_| gauge::progress(&limits, memory));
}

/// Makes `event` a constant that is seen everywhere, in functions too; a variable of that name hides it, as usual. And
/// notes the variables that closures capture: Rhai looks each up when it makes the closure.
#[expect(
    deprecated,
    reason = "Rhai marks what may change so; its version is pinned"
)]
fn watch_variables(engine: &mut Engine) {
    engine.on_var(|name, index, context| {
        if let Some(before) = index.checked_sub(1) {
            // Counted from the last.
            if let Some((_, _, value)) = context.scope().iter_raw().nth(before) {
                cells::note(value);
            }
            return Ok(None);
        }
        if let Some((_, _, value)) = context.scope().iter_raw().find(|(own, ..)| *own == name) {
            cells::note(value);
            return Ok(None);
        }
        if name != "event" {
            return Ok(None);
        }
        Ok(current::event().map(Dynamic::from))
    });
}

#[cfg(test)]
mod tests;
