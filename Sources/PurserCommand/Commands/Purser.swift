import ArgumentParser

@main
struct Purser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "purser",
        abstract: "A credential broker for Amazon CloudWatch RUM.",
        subcommands: [
            Serve.self, Dev.self, Check.self, Explain.self, Policy.self, WhoIs.self, Keys.self, Credentials.self,
            Snippet.self,
        ])
}
