import Fixtures
import Foundation
import Glibc
import PseudoTerminal
import Testing

/// The built program under limits, signals and damage.
@Suite(.serialized) struct LimitTests {
    private static let network = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("Samples/glyphnet.safetensors")
        .path

    /// A shell's line with the program's path as `$Q`.
    private func shell(_ line: String, _ environment: [String: String] = [:]) throws -> Program.Output {
        let process = Process(), out = Pipe(), error = Pipe()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", line]
        process.environment = Program.environment(
            ["Q": Program.path("qlens"), "N": Self.network].merging(environment) { $1 })
        process.standardOutput = out
        process.standardError = error
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = out.fileHandleForReading.readDataToEndOfFile()
        let problem = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Program.Output(
            status: process.terminationStatus, out: String(decoding: text, as: UTF8.self),
            error: String(decoding: problem, as: UTF8.self))
    }

    private func inFolder<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = try Program.emptyFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try body(folder)
    }

    // MARK: Outputs

    @Test func outputGoesThroughPipesAndLinks() throws {
        try inFolder { folder in
            let expected = try shell("$Q scan $N --recipe int3 --json").out
            let pipe = try shell(
                "mkfifo \(folder)/p; (cat \(folder)/p) & $Q scan $N --recipe int3 --json --output \(folder)/p; wait; test -p \(folder)/p"
            )
            #expect(pipe.status == 0 && pipe.out == expected)
            let device = try shell("$Q scan $N --recipe int3 --json --output /dev/stdout; test -c /dev/null")
            #expect(device.status == 0 && device.out == expected)
            let link = try shell(
                """
                cd \(folder); mkdir d; echo old > d/real; chmod 640 d/real; ln -s d/real link; ln -s link again
                $Q scan $N --recipe int3 --json --output again && test -L again && test -L link && stat -c %a d/real && cat d/real
                """)
            #expect(link.status == 0 && link.out == "640\n" + expected, "\(link.error)")
            let dangling = try shell(
                "cd \(folder); ln -s d/new n; $Q scan $N --recipe int3 --json --output n && test -L n && cat d/new")
            #expect(dangling.out == expected)
            let capture = try shell(
                "cd \(folder); touch x.npz; chmod 600 x.npz; ln -s x.npz l.npz; $Q lab capture --model mlp --output l.npz 2>/dev/null; test -L l.npz && stat -c %a x.npz && $Q list x.npz"
            )
            #expect(capture.status == 0 && capture.out.hasPrefix("600\n"))
        }
    }

    @Test func aFullLimitOfFilesIsAnError() throws {
        try inFolder { folder in
            let result = try shell(
                "ulimit -f 3; $Q scan $N --recipe int5 --json --no-cache --output \(folder)/o.json; echo $?; ls -A \(folder)"
            )
            #expect(result.out == "1\n", "\(result.out)")
            #expect(
                result.error.lowercased().contains("file too large") && result.error.split(separator: "\n").count == 1)
        }
    }

    /// What a dead process left is swept by the next writer; what a living one writes is not.
    @Test func partFilesOfDeadProcessesAreSwept() throws {
        try inFolder { folder in
            let result = try shell(
                """
                cd \(folder); true & wait; touch o.json.$!-0.part o.json.1-0.part o.json.x-0.part other.$!-0.part; gone=$!
                $Q scan $N --recipe int3 --json --output o.json; ls -A | sed "s/$gone/GONE/"
                """)
            #expect(
                Set(result.out.split(separator: "\n")) == [
                    "o.json", "o.json.1-0.part", "o.json.x-0.part", "other.GONE-0.part",
                ],
                "\(result.out)")
        }
    }

    @Test func aBrokenPipeEndsQuietlyAndAClosedErrorKeepsTheStatus() throws {
        let head = try shell(
            "set -o pipefail; $Q scan $N --recipe int3 --json | head -c 1 >/dev/null; echo ${PIPESTATUS[0]}")
        #expect(head.out == "0\n" && head.error.isEmpty)
        #expect(try shell("$Q scan $N --recipe int99 2>&-").status == 64)
        #expect(try shell("$Q scan $N --recipe int99 >&- 2>&-").status == 64)
        #expect(try shell("$Q list /nowhere 2>&-").status == 1)
    }

    /// Progress is for terminals: beside JSON standard error stays empty.
    @Test func longWorkSaysNothingWhereNobodyLooks() throws {
        let result = try Program.run(["lab", "qat", "--model", "mlp", "--epochs", "40", "--json"])
        #expect(result.status == 0 && result.error.isEmpty, "\(result.error)")
    }

    // MARK: Signals

    @Test(arguments: [SIGXCPU, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM, SIGPROF, SIGSYS, SIGPWR, SIGSTKFLT, SIGIO, 34, 50])
    func signalsThatNobodyExpectsRestoreTheTerminal(number: Int32) throws {
        let session = try Program.start()
        session.signal(number)
        let status = try #require(session.waitForEnd())
        #expect(status & 0x7F == number, "status \(status)")
        #expect(session.isRestored)
    }

    @Test(arguments: [SIGPIPE, SIGXFSZ])
    func signalsOfWritesAreIgnored(number: Int32) throws {
        let session = try Program.start()
        session.signal(number)
        session.send("b")
        #expect(session.wait(for: "int5"))
        session.send("q")
        #expect(session.waitForEnd() == 0)
    }

    // MARK: Memory and threads

    /// A library that lets no thread be made, in the place of limits that do not hold for root.
    private func withoutThreads() throws -> String {
        let folder = try Program.emptyFolder(), source = folder + "/none.c"
        try "int pthread_create(void *a, const void *b, void *(*c)(void *), void *d) { return 11; }\n".write(
            toFile: source, atomically: true, encoding: .utf8)
        let built = try shell(
            "cc -shared -fPIC -o \(folder)/none.so \(source) || clang -shared -fPIC -o \(folder)/none.so \(source)")
        try #require(built.status == 0, "\(built.error)")
        return folder
    }

    @Test func workGoesOnWhereNoThreadCanBeMade() throws {
        let folder = try withoutThreads()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let preload = ["LD_PRELOAD": folder + "/none.so"]
        for line in [
            "scan $N --recipe 'int4 group:16 clip:mse' --json --no-cache",
            "scan $N --recipe ggml:q4_0 --json --no-cache",
        ] {
            let alone = try shell("timeout 60 $Q \(line)", preload)
            let expected = try shell("$Q \(line)").out
            #expect(alone.status == 0 && alone.out == expected, "\(alone.error)")
        }
        let explorer = try Program.explorer([Self.network], environment: preload)
        #expect(explorer.waitForEnd().map { $0 >> 8 } == 1)
        #expect(String(decoding: explorer.output, as: UTF8.self).contains("found no room for 3 threads"))
    }

    @Test func smallStacksAndFewDescriptorsSuffice() throws {
        #expect(
            try shell("ulimit -s 256; $Q scan $N --recipe 'int4 group:16 clip:mse' --json --no-cache >/dev/null").status
                == 0)
        #expect(try shell("exec 2>/dev/null; ulimit -n 6; exec $Q list $N").status == 0)
    }

    @Test func aMissingFolderOfTemporaryFilesIsSaid() throws {
        let result = try shell(
            "TMPDIR=/nowhere/at/all $Q inspect '\(Fixture.path("Checkpoints/pattern.npz"))' --recipe int8 --json")
        #expect(result.status == 1 && result.error.contains("there is no folder of temporary files"), "\(result.error)")
    }

    @Test func theLabSaysWhatMemoryItNeeds() throws {
        let result = try shell("ulimit -v 150000; timeout 30 $Q lab bits --model mlp --json; echo $?")
        #expect(result.out == "1\n" && result.error.contains("224 MB of memory more"), "\(result.error)")
        let wrong = try shell("ulimit -v 150000; timeout 30 $Q lab bits --nonsense 3; echo $?")
        #expect(wrong.out == "64\n")
    }

    @Test func diagnoseSaysWhatMemoryItNeeds() throws {
        try inFolder { folder in
            let count = 1 << 20,
                header = Data(
                    "{\"w\":{\"dtype\":\"F32\",\"shape\":[1024,1024],\"data_offsets\":[0,\(4 * count)]}}".utf8)
            var size = UInt64(header.count).littleEndian
            for (name, scale) in [("a", Float(1)), ("b", 1.5)] {
                let values = (0..<count).map { Float($0 * 7_919 % 1_013 - 506) * scale }
                try (Data(bytes: &size, count: 8) + header + values.withUnsafeBytes { Data($0) })
                    .write(to: URL(fileURLWithPath: "\(folder)/\(name).safetensors"))
            }
            let small = try shell(
                "ulimit -v 90000; $Q diagnose \(folder)/a.safetensors \(folder)/b.safetensors --threads 1")
            #expect(small.status == 1 && small.error.contains("no room for 72 MB of memory"), "\(small.error)")
            #expect(try shell("$Q diagnose \(folder)/a.safetensors \(folder)/b.safetensors").status == 0)
        }
    }

    @Test func anArrayThatCannotGrowIsAnErrorOfOneLine() throws {
        try inFolder { folder in
            // Four million channels of four zeros, which take no place on the disk; each has sums of its own.
            let header = Data("{\"w\":{\"dtype\":\"F16\",\"shape\":[4,4194304],\"data_offsets\":[0,33554432]}}".utf8)
            var size = UInt64(header.count).littleEndian
            let path = folder + "/wide.safetensors"
            try (Data(bytes: &size, count: 8) + header).write(to: URL(fileURLWithPath: path))
            try #require(truncate(path, 8 + header.count + 33_554_432) == 0)
            let line =
                "$Q scan \(path) --recipe 'int8 channel:1' --no-cache --json --threads 2 --output \(folder)/o.json"
            let small = try shell("ulimit -v 130000; \(line)")
            #expect(small.status == 1, "\(small.error)")
            #expect(small.error.hasPrefix("qlens: found no room for ") && small.error.contains("limit of 126 MB"))
            #expect(small.error.split(separator: "\n").count == 1)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["wide.safetensors"])
            #expect(try shell(line).status == 0)
            // On the screen the terminal is given back before the line.
            let session = try PseudoTerminal(
                [
                    "/bin/bash", "-c",
                    "ulimit -v 400000; \(Program.path("qlens")) \(path) --recipe 'int8 channel:1'; echo ended $?; stty -a",
                ], environment: Program.environment(), rows: 24, columns: 120)
            #expect(session.waitForEnd() == 0)
            let text = String(decoding: session.output, as: UTF8.self)
            let restored = try #require(text.range(of: "\u{1b}[?1049l"))
            let message = try #require(text.range(of: "qlens: found no room for "))
            #expect(restored.upperBound <= message.lowerBound && text.contains("ended 1"), "\(text.suffix(600))")
            #expect(text.contains(" icanon ") && text.contains(" echo "))
        }
    }

    /// Ended at any moment, a scan has written all of its output or none.
    @Test func aKilledScanLeavesNoPartFile() throws {
        try inFolder { folder in
            let line = "$Q scan $N --recipe 'pq4x64' --no-cache --json"
            let expected = try shell(line).out
            for step in 1...16 {
                let result = try shell(
                    "timeout -s TERM 0.0\(step * 5 + 10) \(line) --output \(folder)/o.json; ls -A \(folder)")
                #expect(["", "o.json\n"].contains(result.out), "\(step)")
                if result.out != "" {
                    #expect(try String(contentsOfFile: folder + "/o.json", encoding: .utf8) == expected)
                    try FileManager.default.removeItem(atPath: folder + "/o.json")
                }
            }
        }
    }

    // MARK: Files of the program's own

    @Test(arguments: ["state/qlens/history", "state/qlens/recent", "state/qlens/sessions/samples"])
    func aPipeInThePlaceOfStateIsNotWaitedFor(name: String) throws {
        try inFolder { folder in
            _ = try shell("mkdir -p $(dirname \(folder)/\(name)); mkfifo \(folder)/\(name)")
            let session = try Program.start(["--resume"], environment: ["XDG_STATE_HOME": folder + "/state"])
            session.send("q")
            #expect(session.waitForEnd() == 0)
            #expect(String(decoding: session.output, as: UTF8.self).contains("expected a plain file"))
        }
    }

    @Test func aPipeInThePlaceOfTheConfigurationIsAnError() throws {
        try inFolder { folder in
            _ = try shell("mkdir -p \(folder)/qlens; mkfifo \(folder)/qlens/config")
            let session = try Program.explorer(environment: ["XDG_CONFIG_HOME": folder])
            #expect(session.waitForEnd().map { $0 >> 8 } == 1)
        }
    }

    @Test func aDamagedLastStateIsPutAside() throws {
        try inFolder { folder in
            let state = ["XDG_STATE_HOME": folder], path = folder + "/qlens/sessions/samples"
            let first = try Program.start(environment: state)
            first.send("q")
            #expect(first.waitForEnd() == 0)
            try "qlens session 1\nrecipe=nonsense\n".write(toFile: path, atomically: true, encoding: .utf8)
            let second = try Program.start(["--resume"], environment: state)
            second.send("q")
            #expect(second.waitForEnd() == 0)
            #expect(String(decoding: second.output, as: UTF8.self).contains("beginning anew"))
            #expect(FileManager.default.fileExists(atPath: path + ".damaged"))
        }
    }

    @Test func historiesOfTwoExplorersAreMerged() throws {
        try inFolder { folder in
            let state = ["XDG_STATE_HOME": folder]
            let one = try Program.start(environment: state), two = try Program.start(environment: state)
            for (session, line) in [(one, "int5"), (two, "int6")] {
                session.send(":\(line)\r")
                #expect(session.wait(for: line + " sym"))
            }
            for session in [one, two] {
                session.send("q")
                #expect(session.waitForEnd() == 0)
            }
            let text = try String(contentsOfFile: folder + "/qlens/history", encoding: .utf8)
            #expect(text.contains("int5") && text.contains("int6"))
        }
    }

    @Test func stateThatCannotBeKeptIsSaid() throws {
        try inFolder { folder in
            try "no folder".write(toFile: folder + "/file", atomically: true, encoding: .utf8)
            let session = try Program.start(environment: ["XDG_STATE_HOME": folder + "/file"])
            session.send("q")
            #expect(session.waitForEnd() == 0)
            #expect(String(decoding: session.output, as: UTF8.self).contains("the state of this session was not saved"))
        }
    }

    /// Whatever happens to the cache, the numbers are those of the file.
    @Test func theScanCacheDoesNotBelieveDamage() throws {
        try inFolder { folder in
            let cache = ["XDG_CACHE_HOME": folder], line = "$Q scan \(folder)/net.safetensors --recipe int4 --json"
            try FileManager.default.copyItem(atPath: Self.network, toPath: folder + "/net.safetensors")
            let scans = folder + "/qlens/scans"
            // A file that was written to a moment ago is not kept: again, until it is.
            var expected = ""
            for _ in 0..<1_000 where !FileManager.default.fileExists(atPath: scans) {
                expected = try shell(line, cache).out
            }
            let name = try #require(
                try FileManager.default.contentsOfDirectory(atPath: scans).first { $0.hasSuffix(".scan") })
            let whole = try Data(contentsOf: URL(fileURLWithPath: scans + "/" + name))
            #expect(whole.count > 500)
            for place in stride(from: 20, to: whole.count, by: whole.count / 60) {
                var damaged = whole
                damaged[place] ^= 1 << UInt8(place % 3)
                try damaged.write(to: URL(fileURLWithPath: scans + "/" + name))
                #expect(try shell(line, cache).out == expected, "byte \(place)")
            }
            // Another content under the old time of writing.
            let swapped = try shell(
                """
                cd \(folder); touch -r net.safetensors stamp
                printf '\\x00\\x00\\x80\\x40' | dd of=net.safetensors bs=1 seek=$(($(stat -c %s net.safetensors) - 400)) conv=notrunc 2>/dev/null
                touch -r stamp net.safetensors
                before=$(cat qlens/scans/* | wc -c)
                for i in {1..1000}; do \(line) > new; [ $(cat qlens/scans/* | wc -c) -gt $before ] && break; done
                [ $i -lt 1000 ] && \(line) --no-cache > fresh && cmp new fresh
                """, cache)
            #expect(swapped.status == 0, "\(swapped.out)")
        }
    }

    // MARK: Control characters

    /// No text of a file reaches a terminal as a command, in any output of any command.
    @Test func controlCharactersAreEscaped() throws {
        try inFolder { folder in
            let evil = "a\\u001b[2Jb\\u009bc\\u202ed\\u0007e\\u2028f"
            let header = Data(
                """
                {"__metadata__":{"\(evil)k":"\(evil)v"},"\(evil)":{"dtype":"F32","shape":[4,8],"data_offsets":[0,128]},\
                "\(evil)2":{"dtype":"F32","shape":[2],"data_offsets":[128,136]}}
                """.utf8)
            var size = UInt64(header.count).littleEndian
            let values = (0..<34).flatMap { i in withUnsafeBytes(of: Float(i % 7) - 3) { Array($0) } }
            let path = folder + "/evil\u{1b}[1m.safetensors"
            try (Data(bytes: &size, count: 8) + header + Data(values)).write(to: URL(fileURLWithPath: path))
            let name = try #require(
                (try JSONSerialization.jsonObject(with: Data("[\"\(evil)\"]".utf8)) as? [String])?.first)
            let part = folder + "/part.json"
            let commands = [
                ["list", path], ["list", path, "--json"], ["inspect", path, name, "--recipe", "int4"],
                ["inspect", path, name, "--recipe", "int4", "--json"],
                ["inspect", path, name + "x", "--recipe", "int4"],
                ["scan", path, "--recipe", "int4"], ["scan", path, "--recipe", "int4", "--json"],
                ["scan", path, "--recipe", "int4", "--csv"], ["compare", path, path],
                ["compare", path, path, "--json"],
                ["compare", path, path, "--csv"], ["diagnose", path, path], ["diagnose", path, path, "--json"],
                ["scan", path, "--recipe", "int4", "--json", "--shard", "0/1", "--output", part], ["merge", part],
                ["merge", part, "--json"], ["merge", part, "--csv"], ["scan", path, "--recipe", "in\u{9b}t4"],
            ]
            for arguments in commands {
                let result = try Program.run(arguments)
                for text in [result.out, result.error] {
                    let bad = text.unicodeScalars.first { scalar in
                        scalar.value < 0x20 && scalar != "\n" || (0x7F..<0xA0).contains(scalar.value)
                            || [0x202E, 0x2028].contains(scalar.value)
                    }
                    #expect(bad == nil, "\(arguments): U+\(String(bad?.value ?? 0, radix: 16))")
                }
                if arguments.contains("--json"), result.status == 0, !arguments.contains("--shard") {
                    #expect((try? JSONSerialization.jsonObject(with: Data(result.out.utf8))) != nil)
                }
            }
        }
    }
}
