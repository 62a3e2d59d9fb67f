// SPDX-License-Identifier: Apache-2.0

package import HTTPTypes
package import Vending

/// One HTTP request, parsed once, when its header fields have arrived. All code that responds to the request, logs it
/// or audits it reads this value.
package struct ServiceRequest: Sendable {
    package let head: HTTPRequest
    /// `nil` if the service has no such path. The app may not exist.
    package let target: Target?
    /// `nil` if the path has no app, or the app does not exist.
    let headerSets: HeaderSets?
    /// The same in the response, its log line and its audit event.
    package let requestID: String
    package let origin: String?
    /// Limit of the body in bytes; `nil` if no wire reads the body.
    package let bodyLimit: Int?
    /// The credentials request, from the path and `Authorization`; `nil` where the body has it, or the request needs no
    /// credentials.
    package let credentials: Result<CredentialsRequest, ServiceError>?
    /// The decision of the warm path, if it made one without responding.
    package internal(set) var decision: Decision?
    /// When the service starts to process the request: after its body, if any, has arrived.
    var began: ContinuousClock.Instant

    package var announcesBody: Bool { head.announcesBody }
}

extension HTTPRequest {
    /// Whether a body follows, of any length (RFC 9112 §6.3).
    var announcesBody: Bool {
        headerFields.contains(.contentLength) || headerFields.contains(.transferEncoding)
    }
}
