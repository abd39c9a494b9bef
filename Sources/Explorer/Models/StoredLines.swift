import Basics
public import Quantization
public import Tensors

/// Some elements of a tensor as they are stored, with their values, and the recipe that made them.
public struct StoredLook: Sendable {
    public struct Element: Sendable {
        public let element: Int
        public let value: Float
        /// nil where nothing was quantized before.
        public let stored: StoredValue?
    }

    public let elements: [Element]
    /// Where there is one that fits the tensor.
    public let recipe: Recipe?

    /// So many are shown at a time.
    private static let shown = 512

    init(_ tensor: TensorView, from first: Int) {
        let range = max(0, min(first, tensor.count))..<min(tensor.count, first + Self.shown)
        let form = tensor.storedForm
        elements = zip(range, tensor.values(range)).map { element, value in
            Element(element: element, value: value, stored: form?.stored(element))
        }
        if let text = form?.recipe, let recipe = try? Recipe(text), (try? recipe.layout(of: tensor)) != nil {
            self.recipe = recipe
        } else {
            recipe = nil
        }
    }
}

/// How the open tensor is stored.
enum StoredLines {
    static func lines(_ state: ExplorerState) -> [PageLine] {
        let tensor = state.tensor, form = tensor.storedForm
        var lines: [PageLine] = [.heading(Words.headingStored)]
        let bits = Double(tensor.byteCount) * 8 / Double(max(1, tensor.storedShape.count))
        lines += [
            .pair(Words.storedType, ScreenText.safe(tensor.typeName)),
            .pair(Words.storedShape, tensor.storedShape.description),
            .pair(
                Words.storedBytes,
                Words.bitsPerElement(
                    NumberText.grouped(tensor.byteCount), NumberText.significant(bits, digits: 5))),
        ]
        if let strides = tensor.strides {
            lines.append(.pair(Words.storedStrides, strides.map(String.init).joined(separator: ", ")))
        }
        if tensor.columnWeights != nil { lines.append(.text(Words.hasImportance)) }
        if let form {
            let recipe = state.storedLook.map { $0.recipe?.description ?? Words.noStoredRecipe }
            lines.append(.pair(Words.storedRecipe, recipe ?? Words.working))
            if state.storedLook?.recipe != nil { lines.append(.pair("", Words.takeStored)) }
            for (index, part) in form.parts.enumerated() {
                lines.append(.pair(index == 0 ? Words.storedParts : "", ScreenText.safe(part)))
            }
        } else {
            lines.append(.text(Words.storedPlain))
        }
        lines += [.blank, .heading(Words.headingElements)]
        let elements = state.storedLook?.elements ?? []
        if elements.isEmpty, let problem = state.problem { return lines + [.warning(problem)] }
        if elements.isEmpty { return lines + [.text(state.isIdle ? Words.nothingStored : Words.working)] }
        // Only what says something new has a column.
        let hasLevels = elements.contains { $0.stored.map { Float($0.code) != $0.level } ?? false }
        let hasZeros = elements.contains { $0.stored?.zeroPoint != nil }
        let hasOffsets = elements.contains { $0.stored?.offset != nil }
        let heads =
            Words.elementHeads + (form == nil ? [] : [Words.storedCode] + (hasLevels ? [Words.storedLevel] : []))
            + (form == nil ? [] : [Words.storedScale]) + (hasZeros ? [Words.storedZero] : [])
            + (hasOffsets ? [Words.storedOffset] : [])
        lines.append(.columns(heads, isMarked: true))
        func text(_ value: Float) -> String { NumberText.significant(Double(value), digits: 4) }
        for element in elements {
            var cells = [NumberText.grouped(element.element), text(element.value)]
            if let stored = element.stored {
                cells.append(String(stored.code))
                if hasLevels { cells.append(text(stored.level)) }
                cells.append(text(stored.scale))
                if hasZeros { cells.append(stored.zeroPoint.map(String.init) ?? "") }
                if hasOffsets { cells.append(stored.offset.map(text) ?? "") }
            }
            lines.append(.columns(cells, isMarked: false))
        }
        return lines
    }
}

extension ExplorerState {
    /// Looks at elements of the open tensor from one on.
    mutating func showStored(from first: Int) -> [Request] {
        overlay = .stored(first: first, scroll: 0)
        results[StoredQuestion.self] = nil
        return [request(keepsEvaluation: true)]
    }
}
