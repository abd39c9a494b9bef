import Basics
import Checkpoints
import Fixtures
import Quantization
import TensorFiles
import Tensors
import Testing

@testable import Explorer

/// The Channels screen without a terminal: strips, findings and the picture are those of the library.
@Suite struct ChannelsScreenTests {
    @Test func stripsAreTheProfiles() throws {
        let name = "model.layers.0.self_attn.q_proj.weight"
        var session = try ScreenSession("Llama/original.safetensors", name, recipe: "int4 sym tensor")
        session.perform(.screenChosen(.channels))
        let tensor = session.state.tensor, evaluator = try Evaluator(tensor, recipe: session.state.recipe)
        var profiles = try #require(try evaluator.profiles(of: .channels(axis: 0)))
        #expect(session.state.stripKind == .channels(axis: 0))
        #expect(
            session.state.strips?.profiles?.strips.map { $0.squaredError } == profiles.strips.map { $0.squaredError })
        // Sorted by the error at first; x goes through the orders.
        for order in [StripProfiles.Order.error, .outlier, .dead, .number, .range] {
            #expect(session.state.channels.order == order && session.state.strips?.sorted == profiles.order(by: order))
            session.perform(.orderSwitched)
        }
        let model = StripsModel(session.state)
        let worst = profiles.strips[profiles.order(by: .error)[0]]
        #expect(model.strips[0].label == "\(worst.number)")
        #expect(model.strips[0].sqnr == NumberText.fixed(worst.sqnr ?? 0, places: 2))
        #expect(model.titles[0].contains("256 channels of axis 0") && model.titles[0].contains("outlier victims"))
        // a: ranges, then the other axis.
        session.perform(.coverageSwitched)
        #expect(session.state.stripKind == .channels(axis: 1))
        session.perform(.coverageSwitched)
        #expect(session.state.stripKind == .ranges && session.state.strips?.profiles?.strips.count == 1)
        // A range for each channel: Enter goes to the range under the cursor.
        session.type("channel:0")
        profiles = try #require(
            try Evaluator(tensor, recipe: session.state.recipe).profiles(of: .ranges))
        session.perform(.moved(.down))
        let second = profiles.strips[profiles.order(by: .error)[1]]
        #expect(ScreenModel(session.state).formula.contains { $0.contains("channel \(second.number) of axis 0 ") })
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.detail?.range == second.range)
        #expect(abs((session.state.detail?.squaredError ?? 0) - second.squaredError) <= 1e-6 * second.squaredError)
    }

    @Test func victimsAreNamedInWords() throws {
        var session = try ScreenSession(
            "Llama/original.safetensors", "model.layers.0.self_attn.q_proj.weight", recipe: "int4 sym tensor")
        session.perform(.screenChosen(.channels))
        let strips = try #require(session.state.strips)
        let place = try #require(
            strips.sorted.firstIndex { if case .victim? = strips.findings[$0] { true } else { false } })
        session.perform(.pointed(.strips, .row(place)))
        let formula = ScreenModel(session.state).formula
        #expect(
            formula.contains {
                $0.hasPrefix("! channel ") && $0.contains(": victim, loses ") && $0.contains("bits to channel")
                    && $0.contains("whose largest |r| is")
            }, "\(formula)")
    }

    @Test func thePictureIsTheHeatMap() throws {
        var session = try ScreenSession(
            "Llama/original.safetensors", "model.layers.0.self_attn.q_proj.weight", recipe: "int4 sym channel:0")
        session.perform(.screenChosen(.channels))
        session.perform(.pointed(.heatMap, .panel))
        let evaluator = try Evaluator(session.state.tensor, recipe: session.state.recipe)
        let plot = HeatMapPanel.plot(in: try #require(session.state.layout[.heatMap]))
        let map = try #require(
            try evaluator.heatMap(rowAxis: 0, columnAxis: 1, rows: 2 * plot.height, columns: plot.width))
        for (layer, measure) in [
            (HeatMap.Layer.original, HeatMap.Measure.rootMeanSquare), (.reconstruction, .rootMeanSquare),
            (.error, .rootMeanSquare),
        ] {
            let model = HeatMapModel(session.state)
            let most = Double(map.extremes(layer, measure).most)
            #expect(model.most == most && model.shares.count == 2 * plot.height && model.shares[0].count == plot.width)
            let cell = try #require(map.value(layer, measure, row: 3, column: 7))
            #expect(abs(try #require(model.shares[3][7]) - Double(cell) / most) < 1e-12)
            session.perform(.countScaleSwitched)
        }
        session.perform(.axisScaleSwitched)
        #expect(HeatMapModel(session.state).most == Double(map.extremes(.original, .largest).most))
        // The cell's range.
        session.perform(.moved(.down))
        session.perform(.moved(.right))
        #expect(session.state.channels.cell == (1, 1))
        let (rows, columns) = (map.rowIndices(1), map.columnIndices(1))
        let cell = "[\(rows.lowerBound)…\(rows.upperBound - 1), \(columns.lowerBound)…\(columns.upperBound - 1)]  |r| "
        #expect(HeatMapModel(session.state).readout.hasPrefix(cell), "\(HeatMapModel(session.state).readout)")
        session.perform(.entered)
        #expect(session.state.screen == .tensor && session.state.detail?.range == map.rowIndices(1).lowerBound)
    }
}
