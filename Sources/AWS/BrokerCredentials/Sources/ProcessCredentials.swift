// SPDX-License-Identifier: Apache-2.0

/// `credential_process`: a program that prints credentials ("Process credential provider", AWS SDKs and Tools
/// Reference Guide).
struct ProcessCredentials: Sendable {
    let command: CommandLine
    let environment: EnvironmentVariables
    var deadline = Duration.seconds(30)

    /// Blocks until the program exits.
    func load() throws(BrokerCredentialError) -> SigningCredentials {
        let output: [UInt8]
        do throws(ChildProcessError) {
            output = try ChildProcess.run(
                command.words, environment: environment.all, deadline: deadline, limit: CredentialDocument.sizeLimit)
        } catch {
            throw BrokerCredentialError("credential_process \(describe(error))")
        }
        return try CredentialDocument.read(output, .process, from: "credential_process")
    }

    private func describe(_ failure: ChildProcessError) -> String {
        switch failure {
        case .notStarted(let code): "could not be started: error \(code)"
        case .timedOut: "did not exit within \(Int(deadline / .seconds(1))) s"
        case .tooLong: "wrote more than \(CredentialDocument.sizeLimit) bytes"
        case .failed(let code?): "exited with status \(code)"
        case .failed(nil): "was terminated by a signal"
        }
    }
}
