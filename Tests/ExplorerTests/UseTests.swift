import Basics
import Checkpoints
import Fixtures
import Foundation
import Lab
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// What engineers, teachers and newcomers ran into: one open tensor on every screen, marks of what is wrong, names of ranges,
/// settings that mean nothing.
@Suite struct UseTests {
    /// Layers of which one has a NaN, one an infinity, one nothing but zeros, one a value far out.
    static func session(recipe: String = "int4 sym tensor", rows: Int = 36, columns: Int = 120) throws -> ScreenSession
    {
        func tensor(_ name: String, _ change: (inout [Float]) -> Void = { _ in }) throws -> TensorView {
            var values = (0..<64 * 96).map { Float(($0 * 7_919 + name.utf8.count) % 1_009) / 504.5 - 1 }
            change(&values)
            return try #require(TensorView(name: name, values: values, shape: Shape([64, 96])!))
        }
        let tensors = try [
            tensor("a.weight"), tensor("b.weight") { $0[3 * 96 + 17] = .nan },
            tensor("c.weight") { $0 = $0.map { _ in 0 } }, tensor("d.weight") { $0[5_000] = 90 },
            tensor("e.weight") {
                $0[64 * 96 - 1] = -.infinity; $0[0] = .infinity
            },
        ]
        let unreadable = TensorView(
            unreadable: "f.weight", typeName: "type 137", shape: Shape([4, 4])!, byteCount: 0,
            problem: SourceFault(found: "ggml type 137", expected: "one of ggml's types"))
        var session = try ScreenSession(recipe: recipe)
        session.perform(
            .fileOpened(
                path: "/x.safetensors",
                .success(
                    TensorFile(
                        path: "/x.safetensors", format: "safetensors", metadata: [], tensors: tensors + [unreadable]))))
        session.perform(.resized(rows: rows, columns: columns))
        return session
    }

    /// The row under the cursor is the open tensor everywhere.
    @Test func oneOpenTensor() throws {
        var session = try Self.session()
        session.perform(.screenChosen(.model))
        for _ in 0..<3 {
            session.perform(.moved(.down))
            let place = session.state.rankCursor
            #expect(session.state.tensorIndex == session.state.model.sorted[place])
            let name = session.state.tensor.name
            session.perform(.screenChosen(.channels))
            #expect(session.state.tensor.name == name && session.state.strips != nil)
            session.perform(.matchStepped(forward: true))
            session.perform(.screenChosen(.model))
            if session.state.model.row(session.state.tensorIndex) != nil {
                #expect(session.state.model.sorted[session.state.rankCursor] == session.state.tensorIndex)
            }
        }
        session.perform(.entered)
        #expect(session.state.screen == .tensor)
    }

    /// What a filter of the rows hides is not open; where the open tensor has no row, none looks chosen.
    @Test func filtersOfRowsMoveTheOpenTensor() throws {
        var session = try ScreenSession("Llama/original.safetensors", "lm_head.weight", recipe: "int4 sym tensor")
        session.perform(.screenChosen(.model))
        #expect(session.state.model.isComplete)
        func filter() {
            session.perform(.filterOpened)
            session.perform(.edited(.insert("0.mlp.up")))
        }
        filter()
        #expect(session.state.tensor.name == "model.layers.0.mlp.up_proj.weight")
        session.perform(.escaped)
        #expect(session.state.tensor.name == "lm_head.weight")
        filter()
        session.perform(.entered)
        session.perform(.escaped)
        #expect(session.state.tensor.name == "model.layers.0.mlp.up_proj.weight")
        session.type("goto model.norm.weight")
        session.perform(.screenChosen(.model))
        func selected() -> [Int] {
            let rows = TableModel(rankingOf: session.state).rows
            return rows.indices.filter { rows[$0].isSelected }
        }
        #expect(session.state.tensor.name == "model.norm.weight" && selected().isEmpty)
        // What nothing marks is not taken away.
        session.perform(.removed)
        #expect(session.state.message?.text == Words.noRowChosen && session.state.model.exclude.isEmpty)
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.tensor.name == "model.norm.weight")
        session.perform(.screenChosen(.model))
        session.perform(.moved(.down))
        #expect(session.state.model.sorted[session.state.rankCursor] == session.state.tensorIndex)
        #expect(selected().count == 1)
    }

    @Test func pairsAndTheOpenTensor() throws {
        var session = try ScreenSession(recipe: "int4 sym tensor")
        session.type("compare " + Fixture.path("Llama/model-q8_0.gguf"))
        let other = try #require(session.state.comparison.other)
        #expect(other.sorted.count > 10)
        session.perform(.moved(.first))
        session.perform(.moved(.down))
        session.perform(.moved(.down))
        #expect(session.state.tensor.name == other.comparison.pairs[other.sorted[2]].a.name)
        let place = other.sorted.count - 1, name = other.comparison.pairs[other.sorted[place]].a.name
        session.type("goto " + name)
        #expect(session.state.pairCursor == place)
    }

    /// NaN and infinities have a mark in every list, a total, a filter, a way to the next one, and their first index.
    @Test func notFiniteIsSeen() throws {
        var session = try Self.session()
        session.perform(.screenChosen(.model))
        session.type("nan")
        #expect(session.state.tensor.name == "b.weight")
        #expect(SanityFlag.flags(session.state)[0].text == "1 NaN (first at [3, 17]): left out of every number")
        session.type("nan")
        #expect(session.state.tensor.name == "e.weight")
        #expect(SanityFlag.flags(session.state)[0].text == "2 ∞ (first at [0, 0]): left out of every number")
        session.type("nan")
        #expect(session.state.tensor.name == "b.weight")
        let badges = ListModel(session.state).rows.map { $0.badge }
        #expect(badges == [nil, .notFinite, .zero, nil, .notFinite, .unreadable])
        #expect(TotalsModel(session.state).rows.contains { $0.label == "NaN or ∞" && $0.value == "3 in 2 tensors" })
        let names = TableModel(rankingOf: session.state).rows.map { $0.cells[0].text }
        #expect(names.contains("b.weight !") && names.contains("c.weight ∅"))
        session.perform(.filterOpened)
        session.perform(.pasted("nan>0"))
        session.perform(.entered)
        #expect(
            session.state.model.sorted.map { session.state.file.tensors[$0].name }.sorted() == ["b.weight", "e.weight"])
        // Entries that ranges are calibrated on are not judged, and are no NaN.
        session.type("range:static:8")
        #expect(
            session.state.model.total.map { $0.notFinite == (1, 1) } == true,
            "\(String(describing: session.state.model.total))")
        session.type("range:self")
        // Scores of the list find outliers without a scan.
        session.perform(.escaped)
        session.perform(.screenChosen(.tensor))
        session.perform(.orderSwitched)
        #expect(ListModel(session.state).rows.first { $0.name == "d.weight" }?.badge == .outlier)
    }

    /// Tensors that were never open and in no scan have their marks once their scores are known.
    @Test func marksOfTensorsThatWereNeverOpen() throws {
        var session = try Self.session()
        #expect(ListModel(session.state).rows.map { $0.badge } == [nil, nil, nil, nil, nil, .unreadable])
        session.perform(.orderSwitched)
        let badges = Dictionary(
            uniqueKeysWithValues: ListModel(session.state).rows.map { ($0.name, $0.badge) })
        #expect(badges["b.weight"] == .notFinite && badges["c.weight"] == .zero && badges["d.weight"] == .outlier)
        #expect(badges["e.weight"] == .notFinite && badges["a.weight"] == .some(nil))
        // A row of zeros, a column of zeros, zeros here and there.
        func matrix(_ name: String, _ isZero: (Int, Int) -> Bool) throws -> TensorView {
            let values = (0..<600).map { isZero($0 / 20, $0 % 20) ? 0 : Float($0 % 7) - 3.5 }
            return try #require(TensorView(name: name, values: values, shape: Shape([30, 20])!))
        }
        let matrices = try [
            matrix("row") { row, _ in row == 29 }, matrix("column") { _, column in column == 3 },
            matrix("scattered") { row, column in (row + column) % 2 == 0 },
        ]
        session.perform(
            .fileOpened(
                path: "/m", .success(TensorFile(path: "/m", format: "test", metadata: [], tensors: matrices))))
        #expect(ListModel(session.state).rows.map { $0.badge } == [.deadChannel, nil, nil])
        session.perform(.orderSwitched)
        let dead = Dictionary(uniqueKeysWithValues: ListModel(session.state).rows.map { ($0.name, $0.badge) })
        #expect(dead["row"] == .deadChannel && dead["column"] == .deadChannel && dead["scattered"] == .some(nil))
        #expect(matrices.map { $0.hasDeadChannel(ofAxis: 0) } == [true, false, false])
        #expect(matrices.map { $0.hasDeadChannel(ofAxis: 1) } == [false, true, false])
        let constant = try #require(
            TensorView(name: "k", values: [Float](repeating: 3, count: 12), shape: Shape([3, 4])!))
        session.perform(
            .fileOpened(
                path: "/k", .success(TensorFile(path: "/k", format: "test", metadata: [], tensors: [constant]))))
        #expect(ListModel(session.state).rows[0].badge == .constant)
    }

    /// A tensor without values says why, and the rest of the file is there.
    @Test func unreadableTensorsSayWhy() throws {
        var session = try Self.session()
        #expect(session.state.message?.text.contains("6 tensors, 1 without values") == true)
        session.type("goto f.weight")
        #expect(session.state.problem == "found ggml type 137, expected one of ggml's types")
        session.perform(.screenChosen(.model))
        #expect(session.state.model.kept.contains { $0.reason == "values that cannot be read: ggml type 137" })
    }

    /// Indices begin at 0 and name their axis.
    @Test(arguments: [
        ("int4 sym channel:0", 11, "channel 11 of axis 0 (0…63)"),
        ("int4 sym channel:1", 95, "channel 95 of axis 1 (0…95)"),
        ("int4 sym group:32", 10, "row 3, columns 32…63"), ("int4 sym group:40", 2, "row 0, columns 80…95"),
        ("int4 sym block:16x48", 3, "rows 16…31, columns 48…95"),
        ("int4 sym channels:4@0", 2, "channels 8…11 of axis 0 (0…63)"),
        ("mxfp4", 4, "row 1, columns 32…63"), ("int4 sym group:32@0", 5, "range 5 (0…191)"),
    ]) func rangesHaveNames(recipe: String, range: Int, name: String) throws {
        #expect(Words.rangeName(range, try Recipe(recipe), Shape([64, 96])!) == name)
        var session = try Self.session(recipe: recipe)
        session.type("range \(range)")
        #expect(session.state.chosenRange == range)
        #expect(
            DistributionModel(session.state).titles.contains { $0.contains(name) },
            "\(DistributionModel(session.state).titles)")
        session.type("range 100000")
        guard case .prompt(let prompt) = session.state.overlay else { return #expect(Bool(false)) }
        #expect(prompt.problem?.contains("0 …") == true)
    }

    @Test func removalsAreUndone() throws {
        var session = try Self.session()
        session.perform(.screenChosen(.model))
        let before = session.state.model.sorted
        session.perform(.removed)
        session.perform(.removed)
        #expect(session.state.model.sorted.count == before.count - 2 && session.state.model.exclude.count == 2)
        session.perform(.undone)
        #expect(session.state.model.exclude.count == 1)
        session.perform(.undone)
        #expect(session.state.model.sorted == before)
        session.perform(.redone)
        #expect(session.state.model.sorted.count == before.count - 1)
        // Pins too.
        session.perform(.pinSwitched)
        session.perform(.settingStepped(.bits, forward: true))
        session.perform(.pinSwitched)
        session.perform(.screenChosen(.compare))
        session.perform(.removed)
        #expect(session.state.comparison.pins.count == 1)
        session.perform(.undone)
        #expect(session.state.comparison.pins.map { $0.description } == ["int4 sym tensor", "int5 sym tensor"])
    }

    /// `Y` on the Model screen is the scan that prints its rows; order and filter stay while other screens are looked at.
    @Test func scansAreCommands() throws {
        var session = try Self.session()
        session.perform(.screenChosen(.model))
        session.type("exclude *.b*")
        session.type("rank mse")
        session.perform(.filterOpened)
        session.perform(.pasted("weight"))
        session.perform(.entered)
        let requests = session.state.reduce(.commandCopied)
        guard case .copy(let line)? = requests.last else { return #expect(Bool(false)) }
        #expect(line == "qlens scan /x.safetensors --recipe 'int4 sym tensor' --exclude '*.b*' --sort mse")
        let (order, sorted) = (session.state.model.order, session.state.model.sorted)
        session.perform(.screenChosen(.channels))
        session.perform(.screenChosen(.model))
        #expect(
            session.state.model.order == order && session.state.model.sorted == sorted
                && session.state.filter == "weight")
    }

    /// The order of the Channels screen stays from tensor to tensor.
    @Test func outlierOrderGoesAcrossTensors() throws {
        var session = try Self.session(recipe: "int4 sym channel:0")
        session.perform(.screenChosen(.channels))
        while session.state.channels.order != .outlier { session.perform(.orderSwitched) }
        session.type("goto d.weight")
        #expect(session.state.channels.order == .outlier)
        let strips = try #require(session.state.strips?.profiles?.strips)
        #expect(strips[session.state.strips?.sorted.first ?? 0].number == 52, "element 5,000 is in row 52")
    }

    // MARK: Sessions

    /// Pins, patterns, the compared file, the screen and the lab's settings come back; a session's text is its exact inverse.
    @Test func sessionsKeepWhatOneDid() throws {
        var session = try ScreenSession(recipe: "int4 sym group:64")
        session.perform(.pinSwitched)
        session.perform(.settingStepped(.bits, forward: true))
        session.perform(.pinSwitched)
        session.type("compare " + Fixture.path("Llama/model-q8_0.gguf"))
        session.type("lab qat")
        session.type("lab epochs 3")
        session.perform(.screenChosen(.model))
        session.perform(.removed)
        session.type("include *attn*")
        let record = try SessionRecord(session.state.session.text, path: "s")
        #expect(record == session.state.session)
        #expect(record.pins.map { $0.description } == ["int4 sym group:64", "int5 sym group:64"])
        #expect(record.labSettings == ["qat": ["epochs": "3"]] && record.experiment == "qat" && record.screen == 5)
        var other = try ScreenSession(recipe: "int8 sym tensor")
        other.perform(.sessionRead(path: "s", .success(record), .success(other.state.file)))
        #expect(other.state.session == record)
        #expect(other.state.screen == .model && other.state.comparison.other?.rows.isEmpty == true)
        #expect(other.state.model.include == session.state.model.include && other.state.model.isComplete)
        #expect(other.state.lab.value(of: try #require(other.state.lab.settings.first { $0.name == "epochs" })) == "3")
        // The compared file is there without its screen being gone to.
        other.perform(.screenChosen(.compare))
        #expect(other.state.comparison.other?.rows.count == 21)
        for wrong in ["screen = 9", "experiment = none", "lab qat epochs = many", "pin 3 = int99"] {
            #expect(throws: FileError.self, "\(wrong)") {
                try SessionRecord("recipe = int4 sym tensor\n" + wrong + "\n", path: "s")
            }
        }
    }

    /// Two explorers on one file: the state that was written meanwhile stays, the other one lies beside it.
    @Test func statesOfOthersAreNotWrittenOver() throws {
        try TemporaryFolder.with { home in
            let folders = UserFolders { $0 == "HOME" ? home : nil }
            let record = SessionRecord(file: "/x/model.npy", tensor: "w", recipe: try Recipe("int4 sym tensor"))
            FileService.noteState(of: record.file, in: folders)
            #expect(try FileService.keep(record, in: folders) == nil)
            var second = record
            second.tensor = "v"
            #expect(try FileService.keep(second, in: folders) == nil, "one's own state is written over")
            let path = try #require(folders.sessionFile(of: record.file))
            try AtomicFile.write(Array("another explorer's, and longer".utf8), to: path)
            let other = try #require(try FileService.keep(record, in: folders))
            #expect(other != path && other.hasPrefix(path))
            #expect(try SessionRecord(String(decoding: AtomicFile.read(other), as: UTF8.self), path: other) == record)
            #expect(String(decoding: try AtomicFile.read(path), as: UTF8.self).hasPrefix("another"))
        }
    }

    // MARK: Settings and stored forms

    @Test(arguments: [
        (
            "int4 sym group:128128",
            "group:128128 is longer than the 96 elements that it divides; group:32 fits"
        ),
        (
            "int4 sym channel:0 range:static:8",
            "range:static:8 takes 64 output channels for samples; use range:self"
        ),
    ]) func settingsThatMeanNothing(recipe: String, flag: String) throws {
        let session = try Self.session(recipe: recipe)
        #expect(SanityFlag.flags(session.state).map { $0.text }.contains(flag), "\(SanityFlag.flags(session.state))")
    }

    @Test func storedFormsAreSaidFirst() throws {
        var session = try ScreenSession("Llama/model-q8_0.gguf", "blk.0.attn_q.weight", recipe: "int4 sym tensor")
        #expect(
            session.state.message?.text.hasPrefix("stored as ggml Q8_0, 8.5 bits a weight: what you see is decoded")
                == true)
        session.perform(.settingStepped(.bits, forward: true))
        #expect(session.state.message?.text.contains("quantized already and the original is not here") == true)
        session.perform(.settingStepped(.bits, forward: true))
        #expect(session.state.message == nil)
    }

    // MARK: Narrow windows

    /// The keys that always work stay in sight, and what has no room is named.
    @Test func narrowWindowsSayWhatIsHidden() throws {
        let session = try Self.session(rows: 24, columns: 80)
        let model = ScreenModel(session.state)
        #expect(model.essentials == ["q quit", "? help"])
        #expect(
            model.hidden == [
                "Tensors", "Transfer r → r̂", "Objective", "Error e = r̂ − r", "Codes q", "Statistics", "Tried so far",
            ])
        let width = model.tabs.reduce(0) { $0 + $1.text.count + 2 } + 1 + model.essentials.joined(separator: "  ").count
        #expect(width <= 80)
        #expect(ScreenModel(try Self.session(rows: 60, columns: 200).state).hidden == ["Statistics"])
        #expect(ScreenModel(try Self.session(rows: 80, columns: 200).state).hidden.isEmpty)
    }
}
