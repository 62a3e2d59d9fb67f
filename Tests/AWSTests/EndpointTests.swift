// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AWS

@Suite struct EndpointTests {
    private func region(_ name: String) throws -> Region { try #require(Region(name)) }

    @Test(
        "builds the hosts of each partition",
        arguments: [
            ("us-west-2", Partition.commercial, "amazonaws.com"), ("eu-central-1", .commercial, "amazonaws.com"),
            ("mx-central-1", .commercial, "amazonaws.com"), ("cn-north-1", .china, "amazonaws.com.cn"),
            ("us-gov-west-1", .govCloud, "amazonaws.com"), ("us-iso-east-1", .iso, "c2s.ic.gov"),
            ("us-isob-east-1", .isoB, "sc2s.sgov.gov"), ("eu-isoe-west-1", .isoE, "cloud.adc-e.uk"),
            ("us-isof-south-1", .isoF, "csp.hci.ic.gov"), ("eusc-de-east-1", .europeanSovereign, "amazonaws.eu"),
        ])
    func partitions(name: String, partition: Partition, suffix: String) throws {
        let endpoints = try Endpoints(environment: [:])
        let region = try region(name)
        #expect(region.partition == partition)
        #expect(endpoints.sts(in: region).url == "https://sts.\(name).\(suffix)")
        #expect(endpoints.sts(in: region).authority == "sts.\(name).\(suffix)")
        #expect(endpoints.rumDataPlane(in: region).url == "https://dataplane.rum.\(name).\(suffix)")
    }

    @Test(
        "rejects a malformed Region name",
        arguments: [
            "", "us", "us-west", "us-west-", "us-west-2a", "US-WEST-2", "us_west_2", "us-west-2 ", "us--2",
            "-us-west-2",
            "us-west-123", "us-west-2.evil.com", "us-west-2/", "us-wést-2", "us-west-２",
            "aaaaaaaaaaaaaaa-aaaaaaaaaaaaaaa-11",
        ])
    func badRegion(name: String) { #expect(Region(name) == nil) }

    @Test("the service's variable takes precedence over the general one, and both over the Region's host")
    func overrides() throws {
        let region = try region("us-west-2")
        let both = try Endpoints(environment: [
            "AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_ENDPOINT_URL_STS": "http://127.0.0.1:4567/sts/",
        ])
        #expect(both.sts(in: region).url == "http://127.0.0.1:4567/sts")
        #expect(both.rumDataPlane(in: region).url == "http://127.0.0.1:4566")
        let rum = try Endpoints(environment: ["AWS_ENDPOINT_URL_RUM": "https://rum.internal", "AWS_ENDPOINT_URL": ""])
        #expect(rum.rumDataPlane(in: region).url == "https://rum.internal")
        #expect(rum.sts(in: region).url == "https://sts.us-west-2.amazonaws.com")
    }

    @Test("one variable disables all overrides")
    func ignored() throws {
        var environment = ["AWS_ENDPOINT_URL": "http://127.0.0.1:4566", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "TRUE"]
        let region = try region("us-west-2")
        #expect(try Endpoints(environment: environment).sts(in: region).url == "https://sts.us-west-2.amazonaws.com")
        environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "false"
        #expect(try Endpoints(environment: environment).sts(in: region).url == "http://127.0.0.1:4566")
        environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = "yes"
        #expect(
            throws: EndpointError(.variable("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"), expected: "true or false")
        ) {
            try Endpoints(environment: environment)
        }
    }

    @Test(
        "rejects an override that is not a plain base URL, without quoting it",
        arguments: [
            "127.0.0.1:4566", "ftp://host", "http://", "http:///path", "http://host?q", "http://host/#f",
            "http://user:secret@host", "http://host:0", "http://host:65536", "http://host:", "http://host:80x",
            "http://ho st", "http://host/a b", "http://host\r\nX: y", "http://a..b", "http://.a", "https:/host",
            "//host",
            "http://[::1", "http://hÖst", "http://host/\u{0}", "http://",
        ])
    func badOverride(text: String) throws {
        let problem = try #require(throws: EndpointError.self) {
            try Endpoints(environment: ["AWS_ENDPOINT_URL_STS": text])
        }
        #expect(problem.variable == "AWS_ENDPOINT_URL_STS")
        #expect(!problem.description.contains("secret"))
    }

    @Test(
        "splits host, port and path as the Host header and the signature need them",
        arguments: [
            ("https://Host.Example:443/", "https://host.example", "host.example", ""),
            ("http://host:80", "http://host", "host", ""),
            ("https://host:80", "https://host:80", "host:80", ""),
            ("http://127.0.0.1:4566/base//", "http://127.0.0.1:4566/base", "127.0.0.1:4566", "/base"),
            ("http://[::1]:4566/a", "http://[::1]:4566/a", "[::1]:4566", "/a"),
            ("HTTP://[::1]", "http://[::1]", "[::1]", ""),
        ])
    func parts(text: String, url: String, authority: String, path: String) throws {
        let endpoint = try #require(Endpoint(text))
        #expect(endpoint.url == url)
        #expect(endpoint.authority == authority)
        #expect(endpoint.path == path)
    }
}

@Suite struct RoleARNTests {
    @Test("parses a role's ARN with or without a path")
    func good() throws {
        let plain = try RoleARN("arn:aws:iam::123456789012:role/RumGuest")
        #expect(plain.account == "123456789012")
        #expect(plain.partition == .commercial)
        #expect(plain.name == "RumGuest")
        #expect(try RoleARN("arn:aws-cn:iam::123456789012:role/a/b/R+=,.@-_").name == "R+=,.@-_")
        #expect(try RoleARN("arn:aws-us-gov:iam::123456789012:role/R").partition == .govCloud)
    }

    @Test(
        "rejects any other ARN and reports what was expected",
        arguments: [
            ("", "arn:PARTITION"), ("role/R", "arn:PARTITION"), ("RumGuest", "arn:PARTITION"),
            ("ARN:aws:iam::123456789012:role/R", "arn:PARTITION"),
            ("arn:aws:iam::123456789012:role/" + String(repeating: "p/", count: 1_020) + "R", "arn:PARTITION"),
            ("arn:amazon:iam::123456789012:role/R", "partition"), ("arn::iam::123456789012:role/R", "partition"),
            ("arn:aws:sts::123456789012:assumed-role/R/s", "role of IAM"),
            ("arn:aws:iam:us-west-2:123456789012:role/R", "role of IAM"),
            ("arn:aws:iam::12345678901:role/R", "12 digits"), ("arn:aws:iam::12345678901x:role/R", "12 digits"),
            ("arn:aws:iam::１23456789012:role/R", "12 digits"),
            ("arn:aws:iam::123456789012:user/R", "role/NAME"), ("arn:aws:iam::123456789012:role", "role/NAME"),
            ("arn:aws:iam::123456789012:role/", "role name"), ("arn:aws:iam::123456789012:role/a b", "role name"),
            ("arn:aws:iam::123456789012:role/Ré", "role name"), ("arn:aws:iam::123456789012:role/R\n", "role name"),
            ("arn:aws:iam::123456789012:role/" + String(repeating: "R", count: 65), "role name"),
            ("arn:aws:iam::123456789012:role//R", "path"), ("arn:aws:iam::123456789012:role/a b/R", "path"),
        ])
    func bad(text: String, detail: String) throws {
        let problem = try #require(throws: RoleARNError.self) { try RoleARN(text) }
        #expect(problem.expected.contains(detail), "\(problem.expected)")
    }
}
