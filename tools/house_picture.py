"""Draws the house: its rooms as boxes in floors, each above all that it uses, and what each names in its row. Lines
that others imply are left out, and so is base, on which every room stands; the services are one box.
"""

BOX, GAP, FLOOR, MARGIN = 26, 14, 74, 16
CHARACTER = 7.3  # of the text's width


def merged(table):
    """The services as one room."""
    name = lambda room: "services" if room.startswith("services/") else room
    out = {}
    for room, uses in table.items():
        out.setdefault(name(room), set()).update(name(used) for used in uses)
    return {room: uses - {room} for room, uses in out.items()}


def reach(table, room):
    out = set()
    for used in table[room]:
        out |= {used} | reach(table, used)
    return out


def floors(table):
    def height(room):
        return 1 + max((height(used) for used in table[room]), default=-1)

    out = {}
    for room in sorted(table):
        out.setdefault(height(room), []).append(room)
    return [out[level] for level in sorted(out)]


def needed_lines(table):
    for room in sorted(table):
        for used in sorted(table[room] - {"base"}):
            if not any(used in reach(table, other) for other in table[room] - {used}):
                yield room, used


def ordered(levels, lines):
    """Rooms of a floor by where what they use stands below: fewer lines cross."""
    place = {}
    for level in levels:
        def middle(room):
            below = [place[used] for user, used in lines if user == room and used in place]
            return (sum(below) / len(below) if below else 0.5, room)
        level.sort(key=middle)
        for i, room in enumerate(level):
            place[room] = (i + 0.5) / len(level)
    return levels


def draw(table):
    services = sum(room.startswith("services/") for room in table)
    house = merged(table)
    lines = list(needed_lines(house))
    levels = ordered(floors(house), lines)
    label = {room: f"services ({services})" if room == "services" else room for room in house}
    width = {room: len(label[room]) * CHARACTER + 18 for room in house}
    spans = [sum(width[room] + GAP for room in level) - GAP for level in levels]
    whole = max(spans) + 2 * MARGIN
    height = len(levels) * FLOOR - FLOOR + BOX + 2 * MARGIN
    at = {}
    for floor, level in enumerate(levels):
        room_gap = (whole - 2 * MARGIN - sum(width[room] for room in level)) / (len(level) + 1)
        x = MARGIN + room_gap
        for room in level:
            at[room] = (x, height - MARGIN - BOX - floor * FLOOR)
            x += width[room] + room_gap
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{whole:.0f}" height="{height}" '
           'font-family="monospace" font-size="12">', f'<rect width="{whole:.0f}" height="{height}" fill="white"/>']
    for user, used in lines:
        (x1, y1), (x2, y2) = at[user], at[used]
        out.append(f'<line x1="{x1 + width[user] / 2:.0f}" y1="{y1 + BOX}" x2="{x2 + width[used] / 2:.0f}" y2="{y2}" '
                   'stroke="#9aa5b1"/>')
    for room, (x, y) in at.items():
        out.append(f'<rect x="{x:.0f}" y="{y}" width="{width[room]:.0f}" height="{BOX}" rx="4" fill="#eef3f8" '
                   'stroke="#52606d"/>')
        out.append(f'<text x="{x + width[room] / 2:.0f}" y="{y + 17}" text-anchor="middle">{label[room]}</text>')
    return "\n".join([*out, "</svg>", ""])
