import Tensors
import Testing

@testable import Quantization

@Suite struct RangeLayoutTests {
    static let shapes = [[7], [6, 10], [5, 4, 3], [3, 4, 2, 5], [1, 9], [9, 1]]
    static let granularities: [Granularity] = [
        .tensor, .channel(axis: 0), .channel(axis: 1), .channel(axis: 2), .channels(count: 2, axis: 0),
        .channels(count: 3, axis: 1), .group(size: 4), .group(size: 100), .groupAlong(size: 2, axis: 0),
        .groupAlong(size: 3, axis: 1), .groupAlong(size: 2, axis: 2), .block(rows: 2, columns: 3),
        .block(rows: 50, columns: 1),
    ]

    /// What names the range of an element, by the definition of the granularity.
    private func name(_ granularity: Granularity, _ index: [Int], _ extents: [Int]) -> [Int] {
        let rest = zip(index.dropFirst(), extents.dropFirst()).reduce(0) { $0 * $1.1 + $1.0 }
        switch granularity {
        case .tensor: return []
        case .channel(let axis): return [index[axis]]
        case .channels(let count, let axis): return [index[axis] / count]
        case .group(let size): return extents.count == 1 ? [index[0] / size] : [index[0], rest / size]
        case .groupAlong(let size, let axis):
            var name = index
            name[axis] /= size
            return name
        case .block(let rows, let columns): return [index[0] / rows, rest / columns]
        }
    }

    @Test(arguments: shapes, granularities)
    func rangesFollowTheDefinition(extents: [Int], granularity: Granularity) throws {
        let shape = Shape(extents)!
        guard let layout = try? granularity.layout(of: shape) else {
            let needsAxis: Int? =
                switch granularity {
                case .channel(let axis), .channels(_, let axis), .groupAlong(_, let axis): axis
                case .block: 1
                default: nil
                }
            #expect(needsAxis.map { $0 >= extents.count } == true)
            return
        }
        #expect(layout.count == shape.count)
        var numberOf: [[Int]: Int] = [:], members: [Int: [Int]] = [:]
        for element in 0..<shape.count {
            var index = [Int](repeating: 0, count: extents.count), left = element
            for axis in extents.indices.reversed() {
                index[axis] = left % extents[axis]
                left /= extents[axis]
            }
            let number = layout.range(ofElement: element), key = name(granularity, index, extents)
            #expect(numberOf[key] ?? number == number, "element \(element)")
            numberOf[key] = number
            members[number, default: []].append(element)
        }
        #expect(numberOf.count == layout.rangeCount && Set(numberOf.values).count == layout.rangeCount)
        for (number, elements) in members {
            let runs = layout.runs(ofRange: number)
            #expect(runs.rows.flatMap { Array(runs.run(inRow: $0)) } == elements)
        }
    }

    @Test func hugeNumbersDoNotOverflow() throws {
        let shape = Shape([4, 8])!
        #expect(try Granularity.group(size: .max).layout(of: shape).rangeCount == 4)
        #expect(try Granularity.channels(count: .max, axis: 0).layout(of: shape).rangeCount == 1)
        #expect(try Granularity.channels(count: .max, axis: 1).layout(of: shape).rangeCount == 1)
        #expect(try Granularity.block(rows: .max, columns: .max).layout(of: shape).rangeCount == 1)
        #expect(try Granularity.groupAlong(size: .max, axis: 0).layout(of: shape).rangeCount == 8)
    }

    @Test func errorsNameTheAxes() {
        let error = #expect(throws: GranularityError.self) {
            try Granularity.channel(axis: 2).layout(of: Shape([3, 4])!)
        }
        #expect(error?.description == "channel:2 names axis 2, but of shape [3,4] its axes are 0 to 1")
    }
}
