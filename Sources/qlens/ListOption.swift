/// Lists in one option, with commas between their items.
enum ListOption {
    /// Commas also occur within a clipping rule's numbers, as in `manual:-1,1`: a part that is a number belongs to the one before.
    static func items(_ text: String) -> [String] {
        text.split(separator: ",").reduce(into: [String]()) { items, part in
            let part = part.trimmingPrefix(while: { $0 == " " })
            if Double(part) != nil, let last = items.last, last.contains(":") {
                items[items.count - 1] = last + "," + part
            } else {
                items.append(String(part))
            }
        }
    }
}
