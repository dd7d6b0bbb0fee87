//! One value of each type: what modules keep of a library in memory. The database does not need to know these types.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// One value of each type. Each module defines its own type, so that the database depends on none of them.
#[derive(Default)]
pub(crate) struct ByType(Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl ByType {
    /// The value of this type, created on the first call.
    pub fn get<T: Default + Send + Sync + 'static>(&self) -> Arc<T> {
        let mut values = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let value = values.entry(TypeId::of::<T>()).or_insert_with(|| Arc::new(T::default())).clone();
        value.downcast().unwrap_or_else(|_| unreachable!("values are filed under their own types"))
    }
}
