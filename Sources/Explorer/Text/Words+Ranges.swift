import Basics
import Quantization
import Tensors

/// Ranges and channels by their axes; all indices begin at 0.
extension Words {
    /// A range of a recipe on a shape: `channel 11 of axis 0 (0…23)`, `row 3, columns 128…255`.
    static func rangeName(_ range: Int, _ recipe: Recipe, _ shape: Shape) -> String {
        let extents = shape.extents
        func span(_ first: Int, _ size: Int, _ end: Int) -> String {
            let last = min(first + size, end) - 1
            return first == last ? "\(first)" : "\(first)…\(last)"
        }
        guard recipe.rangeMode == .own else { return plainRange(range, recipe, shape) }
        switch recipe.granularity {
        case .channel(let axis) where axis < extents.count:
            return channel(range, of: axis, shape)
        case .channels(let size, let axis) where axis < extents.count:
            return "channels \(span(range * size, size, extents[axis])) of axis \(axis) (0…\(extents[axis] - 1))"
        case .group(let size):
            let rows = shape.rank > 1 ? extents[0] : 1, columns = shape.count / max(1, rows)
            let pieces = max(1, (columns + size - 1) / size)
            let part = span(range % pieces * size, size, columns)
            return rows == 1 ? "elements \(part)" : "row \(range / pieces), columns \(part)"
        case .block(let height, let width) where shape.rank >= 2:
            let columns = shape.product(from: 1), pieces = max(1, (columns + width - 1) / width)
            return "rows \(span(range / pieces * height, height, extents[0])), columns "
                + span(range % pieces * width, width, columns)
        default: return plainRange(range, recipe, shape)
        }
    }

    /// The same for narrow panels: `channel 11 @0`, `row 3, 128…255`.
    static func shortRangeName(_ range: Int, _ recipe: Recipe, _ shape: Shape) -> String {
        let name = rangeName(range, recipe, shape)
        return String(name.prefix { $0 != "(" }).replacing(" of axis ", with: " @").replacing("columns ", with: "")
            .replacing("rows ", with: "").split(separator: " ").joined(separator: " ")
    }

    private static func plainRange(_ range: Int, _ recipe: Recipe, _ shape: Shape) -> String {
        let count = (try? recipe.layout(of: shape))?.rangeCount ?? 0
        return count > 1 ? "range \(NumberText.grouped(range)) (0…\(NumberText.grouped(count - 1)))" : "range \(range)"
    }

    static func channel(_ number: Int, of axis: Int, _ shape: Shape) -> String {
        let last = axis < shape.rank ? shape.extents[axis] - 1 : 0
        return "channel \(NumberText.grouped(number)) of axis \(axis) (0…\(NumberText.grouped(max(0, last))))"
    }
}
