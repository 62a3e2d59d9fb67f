import Vending

/// Where a container is given its credentials: ECS, EKS Pod Identity, or anything else that speaks their protocol
/// ("Container credential provider", AWS SDKs and Tools Reference Guide).
struct ContainerEndpoint: Sendable {
    enum Authorization: Sendable, CustomReflectable, CustomStringConvertible {
        case none
        case token(String)
        /// Read anew each time.
        case file(String)

        var description: String { "[authorization]" }
        var customMirror: Mirror { Mirror(self, children: [:]) }
    }

    let url: String
    let authorization: Authorization

    /// `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI` before `_FULL_URI`; `nil` with neither.
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

    /// https to anywhere; http only to where nobody else can listen in.
    private static func checked(_ text: String) throws(BrokerCredentialError) -> String {
        let variable = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
        guard isPlain(text), let base = Endpoint(String(text.prefix { $0 != "?" })) else {
            throw BrokerCredentialError("\(variable): expected an absolute http or https URL without user")
        }
        guard base.url.hasPrefix("https:") || isTrusted(base.host) else {
            throw BrokerCredentialError(
                "\(variable): plain http is for loopback addresses, localhost, 169.254.170.2, 169.254.170.23 and "
                    + "[fd00:ec2::23] only")
        }
        return text
    }

    /// Names are not resolved: what a name resolves to is not for long.
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
