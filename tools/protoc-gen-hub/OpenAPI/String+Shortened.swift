extension String {
    /// The longest run of whole sentences, from the start, within `limit` characters; of a longer sentence what fits, with
    /// an ellipsis.
    func shortened(to limit: Int) -> String {
        guard self.count > limit else { return self }
        var kept = ""
        for (number, paragraph) in self.split(separator: "\n\n").enumerated() {
            for (index, sentence) in DocComment.sentences(of: String(paragraph)).enumerated() {
                let separator = index > 0 ? " " : number > 0 ? "\n\n" : ""
                guard kept.count + separator.count + sentence.count <= limit else {
                    return kept.isEmpty ? sentence.prefix(limit - 1) + "…" : kept
                }
                kept += separator + sentence
            }
        }
        return kept
    }
}
