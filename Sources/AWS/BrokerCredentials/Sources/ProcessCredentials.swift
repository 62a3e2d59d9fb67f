/// `credential_process`: a program that prints credentials ("Process credential provider", AWS SDKs and Tools
/// Reference Guide).
struct ProcessCredentials: Sendable {
    let command: CommandLine
    let environment: EnvironmentVariables
    var deadline = Duration.seconds(30)

    /// Waits for the program.
    func load() throws(BrokerCredentialError) -> SigningCredentials {
        let output: [UInt8]
        do throws(ChildProcessError) {
            output = try ChildProcess.run(
                command.words, environment: environment.all, deadline: deadline, limit: CredentialDocument.sizeLimit)
        } catch {
            throw BrokerCredentialError("credential_process \(words(error))")
        }
        return try CredentialDocument.read(output, .process, from: "credential_process")
    }

    private func words(_ failure: ChildProcessError) -> String {
        switch failure {
        case .notStarted(let code): "could not be started: error \(code)"
        case .timedOut: "did not end within \(Int(deadline / .seconds(1))) s"
        case .tooLong: "wrote more than \(CredentialDocument.sizeLimit) bytes"
        case .failed(let code?): "ended with \(code)"
        case .failed(nil): "was ended by a signal"
        }
    }
}
