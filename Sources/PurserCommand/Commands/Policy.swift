// SPDX-License-Identifier: Apache-2.0

import AWS
import AccountSetup
import ArgumentParser
import BrokerConfiguration
import Foundation
import Vending

struct Policy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what an app needs in AWS, or a policy that revokes its sessions.",
        subcommands: [PolicyShow.self, PolicyDeny.self], defaultSubcommand: PolicyShow.self)
}

struct PolicyShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Print what must be created in AWS for an app.",
        discussion: "Roles with their trust and permission policies, identity providers, the monitors' resource "
            + "policies and the session policy in force, as JSON. Makes no network calls.")

    @OptionGroup var option: ConfigurationOption

    @Option(help: "The app's name.")
    var app: String

    @Option(help: "ARN of the role or user that Purser runs as; required for the exchange assume-role.")
    var broker: String?

    @Option(help: "ARN of the role that the identity pool assigns to users, if `role` is not set (exchange cognito).")
    var signedInRole: String?

    @Option(help: "ARN of the role that the identity pool assigns to guests, if `role` is not set (exchange cognito).")
    var guestRole: String?

    @Flag(
        help: ArgumentHelp(
            "Print a resource policy that makes the guest monitor public, with its alias: "
                + "\(PublicMonitor.explanation)."))
    var publicGuest = false

    @Flag(help: "Print a CloudFormation template with both monitors instead.")
    var cloudformation = false

    @Flag(help: "Print the same for Terraform, in its JSON syntax (a file named ….tf.json).")
    var terraform = false

    func validate() throws {
        if cloudformation, terraform { throw ValidationError("expected --cloudformation or --terraform, not both") }
    }

    func run() async throws {
        try await runCommand { context in
            let documents = try documents(context)
            let value =
                if cloudformation {
                    CloudFormationTemplate.make(documents)
                } else if terraform {
                    TerraformTemplate.make(documents)
                } else {
                    DocumentList.make(documents)
                }
            write(try DocumentList.print(value), to: .standardOutput)
            if publicGuest { write("--public-guest: \(PublicMonitor.explanation)", to: .standardError) }
        }
    }

    private func documents(_ context: ProcessContext) throws -> AppDocuments {
        let environment = context.environment()
        let settings = try SettingsFile.read(option.file, variables: environment.variables)
        let root = CompositionRoot(settings, environment, logger: context.logger)
        let app = try root.app(app)
        let identity = try broker.map { text in
            guard let identity = IdentityARN(text) else {
                throw CommandError(
                    description:
                        "--broker: found \"\(text)\"; expected arn:PARTITION:iam::ACCOUNT:role/NAME or …:user/NAME")
            }
            return identity
        }
        var given = AccountDocuments.Given(broker: identity)
        guard !publicGuest || app.guest != nil else {
            throw CommandError(
                description: "--public-guest: the app has no guest monitor, and that of signed-in users is never public"
            )
        }
        given.publicGuest = publicGuest
        given.roles[.signedIn] = try Self.role(signedInRole, option: "--signed-in-role")
        given.roles[.guest] = try Self.role(guestRole, option: "--guest-role")
        return try AccountDocuments.make(app, settings, given)
    }

    private static func role(_ text: String?, option: String) throws -> RoleARN? {
        guard let text else { return nil }
        guard let role = try? RoleARN(text) else {
            throw CommandError(
                description: "\(option): found \"\(text)\"; expected arn:PARTITION:iam::ACCOUNT:role/NAME")
        }
        return role
    }
}
