import Basics
import Quantization
import Tensors

/// The picture of the Channels screen, worded.
public struct HeatMapModel: Sendable {
    public let title: String
    /// A part of the largest cell, by rows, from 0 to 1, of single elements from -1 to 1; nil where no element is finite.
    public let shares: [[Double?]]
    /// Shares have signs.
    public let isSigned: Bool
    public let cell: (row: Int, column: Int)
    /// The number of a single element, of the layer that is shown; nil where cells hold more. Worded when it is asked for: only few are seen.
    public let number: (@Sendable (_ row: Int, _ column: Int) -> String)?
    /// What a shade stands for: the number of the largest cell.
    public let most: Double
    /// The cell at the cursor.
    public let readout: String
    public let notice: Notice?

    init(_ state: ExplorerState) {
        let channels = state.channels, isVector = state.tensor.shape.rank < 2
        let axes = state.heatAxes
        var parts = [Words.layerName(channels.layer), Words.measureName(channels.measure)]
        if channels.part != nil { parts.append(Words.zoomedAxis) }
        parts.append(Words.axes(axes.row, axes.column, isVector: isVector))
        title = parts.joined(separator: " ── ")
        guard let map = state.heatMap else {
            (shares, isSigned, cell, number, most, readout) = ([], false, (0, 0), nil, 0, "")
            notice = .problem(state.problem, or: state.isIdle ? Words.stopped : Words.working)
            return
        }
        notice = nil
        let extremes = map.extremes(channels.layer, channels.measure)
        most = Double(extremes.most)
        let scale = most > 0 ? 1 / most : 0
        @Sendable func signed(_ layer: HeatMap.Layer, _ row: Int, _ column: Int) -> Float? {
            map.element(row: row, column: column).map { pair in
                switch layer {
                case .original: pair.original
                case .reconstruction: pair.reconstruction
                case .error: pair.reconstruction - pair.original
                }
            }
        }
        isSigned = map.hasSingleElements
        shares = (0..<map.rows).map { row in
            (0..<map.columns).map { column in
                let value =
                    map.hasSingleElements
                    ? signed(channels.layer, row, column)
                    : map.value(channels.layer, channels.measure, row: row, column: column)
                return value.flatMap { $0.isFinite ? Double($0) * scale : nil }
            }
        }
        let place = channels.cell
        cell = place
        let layer = channels.layer
        let number: @Sendable (Int, Int) -> String = { row, column in
            signed(layer, row, column).map { NumberText.fitted(Double($0), width: HeatMapPanel.numberWidth - 2) } ?? ""
        }
        self.number = isSigned ? number : nil
        func text(_ layer: HeatMap.Layer) -> String {
            map.value(layer, channels.measure, row: place.row, column: place.column)
                .map { NumberText.significant(Double($0), digits: 3) } ?? Words.none
        }
        func element(_ layer: HeatMap.Layer) -> String {
            signed(layer, place.row, place.column).map { NumberText.significant(Double($0), digits: 4) } ?? Words.none
        }
        readout =
            Words.cell(map.rowIndices(place.row), map.columnIndices(place.column), isVector: isVector) + "  "
            + (map.hasSingleElements
                ? Words.elementValues(element(.original), element(.reconstruction), element(.error))
                : Words.cellValues(text(.original), text(.reconstruction), text(.error)))
    }

    /// What the least, the middle and the largest colour stand for.
    public var key: (low: String, middle: String, high: String) {
        let end = NumberText.significant(most, digits: 3)
        return isSigned ? ("-" + end, "0", end) : ("0", "", end)
    }
}
