//! A person's first steps in a brand. What the facts show is asked of them; what the person decided is kept.

pub mod http;
mod model;
mod service;
mod sql;

pub use model::{OnboardingView, Step, StepState, StepView, UpdateOnboarding};
