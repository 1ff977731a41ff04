//! A body that may be left out: what it would say then has its defaults.

use poem::{FromRequest, Request, RequestBody, Result};
use poem_openapi::error::{ContentTypeError, ParseRequestPayloadError};
use poem_openapi::payload::{Json, Payload};
use poem_openapi::registry::{MetaMediaType, MetaRequest, Registry};
use poem_openapi::types::{ParseFromJSON, Type};
use poem_openapi::{ApiExtractor, ApiExtractorType, ExtractParamOptions};
use serde_json::{Map, Value};

/// What a request gives in its body, or the defaults.
#[derive(Debug)]
pub(crate) struct Given<T>(pub(crate) T);

impl<'a, T: ParseFromJSON + Type> ApiExtractor<'a> for Given<T> {
    const TYPES: &'static [ApiExtractorType] = &[ApiExtractorType::RequestObject];

    type ParamType = ();
    type ParamRawType = ();

    fn register(registry: &mut Registry) {
        T::register(registry);
    }

    fn request_meta() -> Option<MetaRequest> {
        Some(MetaRequest {
            description: None,
            content: vec![MetaMediaType {
                content_type: Json::<T>::CONTENT_TYPE,
                schema: T::schema_ref(),
            }],
            required: false,
        })
    }

    async fn from_request(
        request: &'a Request,
        body: &mut RequestBody,
        _options: ExtractParamOptions<()>,
    ) -> Result<Self> {
        let bytes = <Vec<u8> as FromRequest>::from_request(request, body).await?;
        let value = if bytes.is_empty() {
            Value::Object(Map::new())
        } else {
            match request.content_type() {
                Some(given) if Json::<T>::check_content_type(given) => {}
                Some(given) => {
                    let content_type = given.to_owned();
                    return Err(ContentTypeError::NotSupported { content_type }.into());
                }
                None => return Err(ContentTypeError::ExpectContentType.into()),
            }
            serde_json::from_slice(&bytes).map_err(|error| refused(error.to_string()))?
        };
        T::parse_from_json(Some(value))
            .map(Self)
            .map_err(|error| refused(error.into_message()).into())
    }
}

fn refused(reason: String) -> ParseRequestPayloadError {
    ParseRequestPayloadError { reason }
}
