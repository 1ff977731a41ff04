//! Endpoints: other systems that messages are forwarded to, signed by Standard Webhooks.

mod api;
mod deliveries;
mod delivery;
mod operate;
mod refusals;
mod request;
mod values;
mod view;

pub(crate) use api::EndpointsApi;
pub(crate) use deliveries::DeliveriesApi;
pub(crate) use operate::OperateEndpointsApi;
