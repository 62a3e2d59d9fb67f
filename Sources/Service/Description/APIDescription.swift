// SPDX-License-Identifier: Apache-2.0

/// The OpenAPI 3.1 description of the service. Tests compare it with the code's closed lists.
package enum APIDescription {
    package static let json: [UInt8] = PackageResources.openapi_json
}
