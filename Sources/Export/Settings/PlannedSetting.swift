import Basics
import Checkpoints
import Quantization
import TensorFiles
import Tensors

/// What other tools can be told of a weight's recipe: they quantize by themselves, so that only the setting goes over.
struct PlannedSetting {
    let tensor: TensorView
    let recipe: Recipe

    /// The module that has the weight.
    var module: String { tensor.name.hasSuffix(".weight") ? String(tensor.name.dropLast(7)) : tensor.name }
    var bits: Int { recipe.format.bits }
    var isSymmetric: Bool { !recipe.mapping.hasZeroPoint }
    var isInteger: Bool { recipe.format is IntegerFormat }

    /// Elements of a row that share a scale; -1 for whole rows; nil for what most tools cannot say.
    var groupSize: Int? {
        switch recipe.granularity {
        case .group(let size): size
        case .channel(0): -1
        default: nil
        }
    }

    /// Words of the recipe that say how a tool rounds, and how it chooses and stores scales, which it decides by itself.
    fileprivate func unsaid(hasScales: Bool) -> [String] {
        let words = ["round:", "range:"] + (hasScales ? [] : ["clip:", "scale:", "convention:"])
        return recipe.description.split(separator: " ").map(String.init).filter { word in
            words.contains { word.hasPrefix($0) }
        }
    }
}

/// A text for another tool, made of a plan.
protocol SettingsTarget: ExportTarget {
    /// The text; throws where a recipe cannot be said at all.
    ///
    /// - Parameters:
    ///   - planned: the quantized weights.
    ///   - kept: names of matrices that stay as they are.
    static func text(_ planned: [PlannedSetting], kept: [String], _ job: ExportJob) throws(ExportError) -> String
    /// Whether scales themselves go over, so that how they were chosen needs no saying.
    static var hasScales: Bool { get }
    /// What else it cannot say, a line each.
    static func unsaid(_ planned: [PlannedSetting], kept: [String]) -> [String]
}

extension SettingsTarget {
    static var hasScales: Bool { false }
    static func unsaid(_ planned: [PlannedSetting], kept: [String]) -> [String] { [] }

    static func files(_ job: ExportJob, output: String) throws -> Export {
        var planned: [PlannedSetting] = [], kept: [String] = []
        for item in job.items {
            if let recipe = item.treatment.recipe {
                planned.append(PlannedSetting(tensor: item.tensor, recipe: recipe))
            } else if item.tensor.shape.rank >= 2, item.tensor.isFloatingPoint {
                kept.append(item.tensor.name)
            }
        }
        guard !planned.isEmpty else {
            throw ExportError(name, found: "no weight to quantize", expected: "at least one")
        }
        var file = ExportFile(name: "")
        file.add(Array(try text(planned, kept: kept, job).utf8) + [UInt8(ascii: "\n")])
        let unsaid = Dictionary(
            planned.flatMap { $0.unsaid(hasScales: hasScales).map { ($0, 1) } }, uniquingKeysWith: +)
        let notices = unsaid.sorted { $0.key < $1.key }.map { word, count in
            "\(name) cannot say \(word): left out for \(count) \(count == 1 ? "weight" : "weights"), for which it chooses itself"
        }
        return Export(files: [file], notices: job.notices + notices + self.unsaid(planned, kept: kept))
    }

    /// - Throws: where a recipe is not one of integers in groups of a row, or whole rows, of some bits.
    static func integers(_ planned: [PlannedSetting], bits: Set<Int>) throws(ExportError) {
        for setting in planned where !setting.isInteger || !bits.contains(setting.bits) || setting.groupSize == nil {
            let list = bits.sorted().map { "int\($0)" }.joined(separator: ", ")
            throw ExportError(
                name, found: "\(setting.recipe) for \(Printable.quoted(setting.tensor.name))",
                expected: "\(list) with group:G or channel:0")
        }
    }

    /// The setting of most weights.
    static func usual<Key: Hashable>(_ planned: [PlannedSetting], _ key: (PlannedSetting) -> Key) -> Key? {
        var counts: [Key: Int] = [:], order: [Key] = []
        for setting in planned {
            if counts.updateValue((counts[key(setting)] ?? 0) + 1, forKey: key(setting)) == nil {
                order.append(key(setting))
            }
        }
        let most = counts.values.max()
        return order.first { counts[$0] == most }
    }
}
