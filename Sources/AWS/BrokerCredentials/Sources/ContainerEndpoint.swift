// SPDX-License-Identifier: Apache-2.0

import Vending

/// The endpoint that provides a container's credentials: ECS, EKS Pod Identity or any other that uses their protocol
/// ("Container credential provider", AWS SDKs and Tools Reference Guide).
struct ContainerEndpoint: Sendable {
    enum Authorization: Sendable, CustomReflectable, CustomStringConvertible {
        case none
        case token(String)
        /// A path. The file is read again on every call.
        case file(String)

        var description: String { "[authorization]" }
        var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    let url: String
    let authorization: Authorization

    /// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` takes precedence over `_FULL_URI`; `nil` if neither is set.
    init?(_ environment: EnvironmentVariables) throws(BrokerCredentialError) {
        let relative = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
        if let path = environment[relative] {
            guard path.hasPrefix("/"), Self.isPlain(path) else {
                throw BrokerCredentialError("\(relative): expected a path that begins with /")
            }
            url = "http://169.254.170.2" + path
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            url = try Self.checked(full)
        } else {
            return nil
        }
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            authorization = .file(file)
        } else if let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            authorization = .token(token)
        } else {
            authorization = .none
        }
    }

    /// Accepts https to any host, and http only to loopback and link-local hosts, where no third party can intercept it.
    private static func checked(_ text: String) throws(BrokerCredentialError) -> String {
        let variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        guard isPlain(text), let base = Endpoint(String(text.prefix { $0 != "?" })) else {
            throw BrokerCredentialError("\(variable): expected an absolute http or https URL without user")
        }
        guard base.url.hasPrefix("https:") || isTrusted(base.host) else {
            throw BrokerCredentialError(
                "\(variable): plain http is allowed only for loopback addresses, localhost, 169.254.170.2, "
                    + "169.254.170.23 and [fd00:ec2::23]")
        }
        return text
    }

    /// Names are not resolved, because a name can resolve to another address later.
    private static func isTrusted(_ host: String) -> Bool {
        if ["localhost", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]", "[::1]"].contains(host) { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    private static func isPlain(_ text: String) -> Bool {
        text.utf8.count <= 2_048
            && text.utf8.allSatisfy { $0.isASCIIAlphanumeric || "/?&=-._~%:@+,;!$'()*[]".utf8.contains($0) }
    }
}
