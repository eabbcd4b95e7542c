import FederatedProtocol
import Foundation
import SwiftProtobuf
import Synchronization
import Testing

@testable import CoordinatorService

struct ConnectCallTests {
    private let device = ["authorization": "Bearer device-5"]

    @Test
    func `a call is answered in the form that it was made in`() async throws {
        try await RunningServer.with { server in
            let json = try await server.call("Describe")
            #expect(json.status == 200)
            #expect(json.headers["content-type"] == "application/json")
            #expect(json.text.contains("\"checkpoint\":\"a checkpoint\""))
            #expect(json.text.contains("\"enrolment\":\"ENROLMENT_OPEN\""))

            var request = Covey_V1_CheckInRequest()
            request.knownSize = 77
            let binary = try await server.send(
                "POST", "/covey.v1.CoordinatorService/CheckIn",
                headers: device.merging(["content-type": "application/proto"]) { $1 },
                body: try request.serializedBytes())
            #expect(binary.status == 200)
            #expect(binary.headers["content-type"] == "application/proto")
            let response = try Covey_V1_CheckInResponse(serializedBytes: binary.body)
            #expect(response.wait.earliestMs == 77)
        }
    }

    @Test(arguments: [
        "application/json; charset=utf-8", "Application/JSON", "application/json;charset=\"utf-8\"",
    ])
    func `a charset of UTF-8 is tolerated`(type: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.call("Describe", headers: ["content-type": type])
            #expect(answer.status == 200)
        }
    }

    @Test(arguments: ["text/plain", "application/json; charset=latin1", "application/grpc", ""])
    func `other content types are refused with those that are taken`(type: String) async throws {
        try await RunningServer.with { server in
            let answer = try await server.call("Describe", headers: ["content-type": type])
            #expect(answer.status == 415)
            #expect(answer.headers["accept-post"] == "application/proto, application/json")
        }
    }

    @Test
    func `protocol version 1 or none is taken`() async throws {
        try await RunningServer.with { server in
            for (version, status) in [("1", 200), ("2", 400), ("", 400)] {
                let answer = try await server.call(
                    "Describe", headers: ["connect-protocol-version": version])
                #expect(answer.status == status)
            }
        }
    }

    @Test
    func `errors are Connect's, with the status of their code`() async throws {
        try await RunningServer.with { server in
            let missing = try await server.call("GetTask", #"{"name": "films"}"#)
            #expect(missing.status == 404)
            #expect(missing.headers["content-type"] == "application/json")
            let error = try JSONDecoder().decode(CallError.self, from: Data(missing.body))
            #expect(error == CallError(.notFound, "there is no task 'films'"))

            let unknown = try await server.call("Explode")
            #expect(unknown.status == 404)
            #expect(unknown.text.contains("\"unimplemented\""))
            let wrongMethod = try await server.send("GET", "/covey.v1.CoordinatorService/Describe")
            #expect(wrongMethod.status == 405)
            #expect(wrongMethod.headers["allow"] == "POST")
            #expect(try await server.send("GET", "/nowhere").status == 404)
        }
    }

    @Test
    func `a body that is no message is refused by the message's name`() async throws {
        try await RunningServer.with { server in
            let bodies = ["{", "[]", "", #"{"knownSize": "many"}"#, "\u{0}"]
            for body in bodies {
                let answer = try await server.call("CheckIn", body, headers: device)
                #expect(answer.status == 400)
                #expect(answer.text.contains("covey.v1.CheckInRequest"))
            }
            let binary = try await server.send(
                "POST", "/covey.v1.CoordinatorService/CheckIn",
                headers: device.merging(["content-type": "application/proto"]) { $1 },
                body: [0x08, 0xFF])
            #expect(binary.status == 400)
        }
    }

    @Test
    func `fields of later versions are passed over`() async throws {
        try await RunningServer.with { server in
            let answer = try await server.call("CheckIn", #"{"newField": [1]}"#, headers: device)
            #expect(answer.status == 200)
        }
    }

    @Test
    func `a call that takes longer than the caller waits is answered at the deadline`() async throws
    {
        let calls = MemoryCalls()
        calls.content.withLock { $0.isHeld = true }
        defer { calls.content.withLock { $0.isHeld = false } }
        try await RunningServer.with(calls) { server in
            let answer = try await server.call("Describe", headers: ["connect-timeout-ms": "30"])
            #expect(answer.status == 504)
            #expect(answer.text.contains("deadline_exceeded"))
            for wrong in ["soon", "-1", "12345678901", ""] {
                let answer = try await server.call(
                    "Describe", headers: ["connect-timeout-ms": wrong])
                #expect(answer.status == 400)
            }
        }
    }

    @Test
    func `devices and operators show their tokens`() async throws {
        let calls = MemoryCalls()
        try await RunningServer.with(calls) { server in
            for wrong in [[:], ["authorization": "Bearer nobody"], ["authorization": "device-5"]] {
                let answer = try await server.call("CheckIn", headers: wrong)
                #expect(answer.status == 401)
                #expect(answer.headers["www-authenticate"] == "Bearer")
            }
            #expect(calls.content.withLock(\.devices).isEmpty)
            #expect(try await server.call("CheckIn", headers: device).status == 200)
            let identity = [UInt8](repeating: 5, count: 32)
            #expect(calls.content.withLock(\.devices) == [identity])

            let task = #"{"name": "films", "devices": 100}"#
            #expect(try await server.call("CreateTask", task, headers: device).status == 401)
            let operatorToken = RunningServer.administratorToken
            let guess = String(operatorToken.dropLast()) + "0"
            for (token, status) in [(guess, 401), (operatorToken + "0", 401), (operatorToken, 200)]
            {
                let answer = try await server.call(
                    "CreateTask", task, headers: ["authorization": "bearer \(token)"])
                #expect(answer.status == status)
            }
            #expect(calls.content.withLock(\.tasks).count == 1)
        }
        var closed = ServerConfiguration.forTests
        closed.administrator = nil
        try await RunningServer.with(calls, closed) { server in
            let answer = try await server.call(
                "CreateTask",
                headers: ["authorization": "Bearer \(RunningServer.administratorToken)"])
            #expect(answer.status == 401)
        }
    }

    @Test(.enabled(if: TestCertificate.isPossible, "curl is needed"))
    func `curl makes calls in either form`() async throws {
        try await RunningServer.with { server in
            let url = "http://127.0.0.1:\(server.port)/covey.v1.CoordinatorService/"
            let json = try await TestCertificate.runApart([
                "curl", "-sS", "--compressed", "-d", "{}", "-H", "content-type: application/json",
                url + "Describe",
            ])
            #expect(json.contains(#""checkpoint":"a checkpoint""#))
            let path = NSTemporaryDirectory() + "covey-call-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            var request = Covey_V1_GetTaskRequest()
            request.name = "films"
            try (request.serializedBytes() as Data).write(to: URL(filePath: path))
            let binary = try await TestCertificate.runApart([
                "curl", "-sS", "--data-binary", "@\(path)", "-H",
                "content-type: application/proto", url + "GetTask",
            ])
            #expect(binary.contains(#""code":"not_found""#))
        }
    }
}
