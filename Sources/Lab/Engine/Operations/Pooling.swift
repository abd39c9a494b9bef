extension Tape {
    /// The largest of each square of 2×2 pixels; an odd last row or column is left out. The gradient goes to the first largest.
    ///
    /// x [samples, channels, height, width] → [samples, channels, height/2, width/2].
    func maxPool(_ x: Node) -> Node {
        let height = x.shape[2], width = x.shape[3], rows = height / 2, columns = width / 2
        let channels = x.shape[1], area = rows * columns
        let y = node([x.samples, channels, rows, columns], needsGradient: true)
        let places = scratch(y.count)
        forEachShard(x.samples) { _, range in
            for plane in range.lowerBound * channels..<range.upperBound * channels {
                for row in 0..<rows {
                    let upper = x.data + (plane * height + 2 * row) * width
                    for column in 0..<columns {
                        var best = 2 * column
                        for other in [2 * column + 1, width + 2 * column, width + 2 * column + 1]
                        where upper[other] > upper[best] { best = other }
                        let i = plane * area + row * columns + column
                        y.data[i] = upper[best]
                        places[i] = Float(2 * row * width + best)
                    }
                }
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for plane in range.lowerBound * channels..<range.upperBound * channels {
                    for i in plane * area..<(plane + 1) * area { dx[plane * height * width + Int(places[i])] += dy[i] }
                }
            }
        }
        return y
    }

    /// The mean of each channel: x [samples, channels, height, width] → [samples, channels]. ∂x = ∂y/(height·width).
    func meanPool(_ x: Node) -> Node {
        let area = x.area, channels = x.shape[1]
        let y = node([x.samples, channels], needsGradient: true)
        forEachShard(x.samples) { _, range in
            for i in range.lowerBound * channels..<range.upperBound * channels {
                y.data[i] = Float(Self.sum(x.data + i * area, area) / Double(area))
            }
        }
        record { [unowned self] in
            guard let dy = y.gradient, let dx = x.gradient else { return }
            forEachShard(x.samples) { _, range in
                for i in range.lowerBound * channels..<range.upperBound * channels {
                    let share = dy[i] / Float(area)
                    for place in i * area..<(i + 1) * area { dx[place] += share }
                }
            }
        }
        return y
    }
}
