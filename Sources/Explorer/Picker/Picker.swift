import Quantization
import Tensors

/// The catalogue of one setting's values, with a filter and fields for numbers.
public struct Picker: Sendable {
    public let setting: Setting
    /// All values; `listed` are those that the filter lets through.
    public let choices: [Choice]
    public var filter = LineEditor()
    public var selection = 0
    /// The field that is being typed into; nil while the filter is.
    public var activeField: Int? { didSet { isFieldFresh = activeField != nil } }
    /// Nothing was typed into the field yet: the first character replaces its content.
    private var isFieldFresh = false
    /// For each choice, the contents of its fields.
    public var fields: [[LineEditor]]
    let shape: Shape
    let recipe: Recipe

    init(_ setting: Setting, recipe: Recipe, shape: Shape) {
        self.setting = setting
        self.recipe = recipe
        self.shape = shape
        choices = ChoiceCatalog.choices(of: setting, shape: shape, format: recipe.format)
        fields = choices.map { choice in choice.defaults.map { LineEditor($0) } }
        // Begin where the recipe is.
        let current = setting.word(for: setting.identity(in: recipe), in: recipe)
        for (index, choice) in choices.enumerated() {
            if let numbers = choice.numbers(of: current) {
                selection = index
                fields[index] = numbers.map { LineEditor($0) }
                break
            }
        }
    }

    /// Positions in `choices`. Where the filter is a whole word of its own, fields are filled from it.
    public var listed: [Int] {
        let text = filter.string.lowercased()
        let words = text.split(separator: " ")
        guard !words.isEmpty else { return Array(choices.indices) }
        if let whole = wholeWord { return [whole.index] }
        return choices.indices.filter { index in
            let choice = choices[index]
            let text = (choice.template + " " + choice.words).lowercased()
            return words.allSatisfy { text.contains($0) }
        }
    }

    /// The choice that the filter's text spells out with its numbers: `group:96`.
    private var wholeWord: (index: Int, numbers: [String])? {
        for text in [filter.string, setting.word(for: filter.string, in: recipe)] where !filter.isEmpty {
            for (index, choice) in choices.enumerated() where !choice.parameters.isEmpty {
                if let numbers = choice.numbers(of: text), numbers.allSatisfy({ !$0.isEmpty }) {
                    return (index, numbers)
                }
            }
        }
        return nil
    }

    /// The contents of a choice's fields, which a whole word in the filter fills.
    func fields(of index: Int) -> [LineEditor] {
        if let whole = wholeWord, whole.index == index { return whole.numbers.map { LineEditor($0) } }
        return fields[index]
    }

    /// The selected choice, nil where the filter lets none through.
    public var selected: Int? {
        let listed = listed
        return listed.isEmpty ? nil : listed[max(0, min(selection, listed.count - 1))]
    }

    /// The word of the recipe as it would be taken.
    public var word: String? {
        guard let selected else { return nil }
        return choices[selected].word(fields(of: selected).map { $0.string })
    }

    /// The recipe with the choice taken, or what is wrong with its numbers or the tensor's shape.
    var result: Result<Recipe, PickerProblem> {
        guard let word else { return .failure(PickerProblem(text: Words.noChoice)) }
        do throws(RecipeError) {
            let next = try recipe.changed(by: word)
            do throws(ShapeMismatch) {
                _ = try next.layout(of: shape)
            } catch {
                return .failure(PickerProblem(text: error.description))
            }
            return .success(next)
        } catch {
            return .failure(PickerProblem(text: Words.found(error.token, expected: error.expected)))
        }
    }

    struct PickerProblem: Error { let text: String }

    public var problem: String? {
        if case .failure(let problem) = result { return problem.text }
        return nil
    }

    mutating func edit(_ edit: LineEditor.Edit) {
        if let field = activeField, let selected {
            if case .insert = edit, isFieldFresh { fields[selected][field] = LineEditor() }
            isFieldFresh = false
            fields[selected][field].apply(edit)
        } else {
            let before = filter
            filter.apply(edit)
            if filter.text != before.text { selection = 0 }
        }
    }

    mutating func select(offset: Int) {
        activeField = nil
        selection = max(0, min(selection + offset, listed.count - 1))
    }

    /// Tab: from the filter through the fields of the selected choice and back.
    mutating func moveField(forward: Bool) {
        guard let selected, !fields[selected].isEmpty else { return }
        fields[selected] = fields(of: selected)
        if activeField == nil {
            // What was typed has found its line: the numbers are edited in its fields.
            filter = LineEditor()
            selection = selected
        }
        let count = fields[selected].count + 1
        let next = ((activeField.map { $0 + 1 } ?? 0) + (forward ? 1 : count - 1)) % count
        activeField = next == 0 ? nil : next - 1
    }
}
