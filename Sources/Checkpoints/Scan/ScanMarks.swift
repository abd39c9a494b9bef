import Basics
import Quantization
import TensorFiles
public import Tensors

/// What scans found of a file's tensors whatever the recipe: NaN, infinities, and nothing but zeros. Lists of the file show it.
public struct ScanMarks: Sendable {
    public struct Mark: Sendable, Equatable {
        /// NaN and infinities.
        public let notFinite: Int
        /// No finite element but zeros.
        public let isZero: Bool
    }

    private let rows: StoredRows

    /// - Parameters:
    ///   - folder: that of the cache of scans.
    ///   - file: the path of the checkpoint.
    public init(folder: String, file: String) {
        rows = StoredRows(folder: folder, name: Folder.absolute(file) + "\nmarks", ending: ".marks")
    }

    /// nil where no scan has looked at these bytes.
    public subscript(tensor: TensorView) -> Mark? {
        guard let key = tensor.identity, let row = rows["\(key)"], let notFinite = row["not_finite"]?.int else {
            return nil
        }
        let isZero = if case .bool(true)? = row["all_zero"] { true } else { false }
        return Mark(notFinite: notFinite, isZero: isZero)
    }

    /// Entries that ranges are calibrated on are not counted, so such scans say nothing here.
    ///
    /// - Parameter mode: of the scan's recipe.
    func keep(_ outcome: Scan.Outcome, of candidate: Scan.Candidate, _ mode: RangeMode) {
        guard let key = candidate.tensor.identity, mode.calibrationEntries == 0,
            self[candidate.tensor] == nil
        else { return }
        let mark: Mark
        switch outcome {
        case .row(let row):
            mark = Mark(
                notFinite: row.notFiniteCount(mode),
                isZero: row.sums.count > 0 && row.sums.squaredOriginal == 0)
        case .kept(let kept) where kept.isWithoutFinite: mark = Mark(notFinite: kept.elements, isZero: false)
        case .kept: return
        }
        rows.add(
            .object([("not_finite", .int(mark.notFinite)), ("all_zero", .bool(mark.isZero))]), key: "\(key)")
    }
}
