/// What the service answers, for people and for tools: OpenAPI 3.1. Tests hold it to the code's own lists.
package enum APIDescription {
    package static let json: [UInt8] = PackageResources.openapi_json
}
