//! The API's description says what the API is.

use serde_json::Value;

#[tokio::test]
async fn nothing_in_it_leads_nowhere_and_every_operation_is_named() {
    let document = bellwether::wiring::openapi().unwrap();
    assert_eq!(bellwether_web::openapi::dangling(&document), Vec::<String>::new());
    let document = serde_json::to_value(document).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, operations) in document["paths"].as_object().unwrap() {
        for (method, operation) in operations.as_object().unwrap() {
            if method == "parameters" {
                continue;
            }
            assert!(operation["summary"].is_string(), "{method} {path} has no summary");
            assert!(operation["tags"][0].is_string(), "{method} {path} has no tag");
            assert!(operation["operationId"].is_string(), "{method} {path} has no operationId");
        }
    }
}

#[tokio::test]
async fn the_snapshot_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");
    let kept: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let now = serde_json::to_value(bellwether::wiring::openapi().unwrap()).unwrap();
    assert!(kept == now, "docs/api/openapi.json is not what the code says: run `make generated`");
}
