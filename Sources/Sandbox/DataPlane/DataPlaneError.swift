// SPDX-License-Identifier: Apache-2.0

/// An error response of the CloudWatch RUM data plane (CloudWatch RUM API, PutRumEvents, "Errors").
enum DataPlaneError: Error, Hashable {
    case accessDenied(String)
    case resourceNotFound
    case validation(String)
    case tooLarge

    var status: Int {
        switch self {
        case .accessDenied: 403
        case .resourceNotFound: 404
        case .validation: 400
        case .tooLarge: 413
        }
    }

    /// Value of `x-amzn-ErrorType`.
    var code: String {
        switch self {
        case .accessDenied: "AccessDeniedException"
        case .resourceNotFound: "ResourceNotFoundException"
        case .validation: "ValidationException"
        case .tooLarge: "RequestEntityTooLargeException"
        }
    }

    var message: String {
        switch self {
        case .accessDenied(let message), .validation(let message): message
        case .resourceNotFound: "The app monitor does not exist."
        case .tooLarge: "The request body is too large."
        }
    }
}

extension DataPlaneError {
    init(_ error: SignatureError) {
        let message =
            switch error {
            case .missing: "Missing Authentication Token"
            case .malformed: "The request signature does not conform to AWS standards."
            case .unknownKey: "The security token included in the request is invalid."
            case .sessionExpired: "The security token included in the request is expired"
            case .wrongScope: "Credential should be scoped to a valid region and service."
            case .tooOld: "Signature expired"
            case .tooNew: "Signature not yet current"
            case .mismatch: "The request signature we calculated does not match the signature you provided."
            }
        self = .accessDenied(message)
    }
}
