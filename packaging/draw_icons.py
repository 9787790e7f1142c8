"""What does Daybell look like? Draws every picture in assets/; run it after a change and commit the result.

A bell at daybreak; assets/daybell.svg is the same drawing by hand: change both. The states differ in shape as
well as in colour, and each is outlined and set apart by a clear ring, so that it reads on light and on dark
panels down to 16 pixels.
"""

import math
import zlib
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

ASSETS = Path(__file__).parents[1] / "assets"
STATES = ("idle", "running", "failed", "paused", "stopped")
PICTURES = (22, 32, 64, 256)
PIXMAPS = (16, 22, 24, 32, 48, 64)
WINDOWS = (16, 20, 24, 28, 32, 36, 40, 48, 56, 64)
"""What the notification area takes at 100 to 400 percent."""
PROGRAM = (*WINDOWS, 256)
MACOS = {"": 22, "@2x": 44}
README_SIZE = 256

GRID = 22.0
"""Units across: at the smallest size one unit is one pixel."""
DRAWN_SIZE = 1024
LEAST_OVERSAMPLING = 4

Point = tuple[float, float]
Colour = tuple[int, int, int]

GOLD: tuple[Colour, Colour] = ((255, 205, 84), (240, 138, 20))
GREY: tuple[Colour, Colour] = ((205, 211, 220), (140, 149, 163))
"""Top and bottom of the bell."""
BROWN: Colour = (92, 48, 4)
SLATE: Colour = (66, 74, 88)
SUN: Colour = (245, 158, 30)
WHITE: Colour = (255, 255, 255)
BLACK: Colour = (0, 0, 0)
BADGES: dict[str, Colour] = {"running": (22, 145, 78), "failed": (214, 40, 40), "paused": (60, 98, 166)}

BADGE_CENTRE: Point = (16.0, 16.0)
BADGE_RADIUS = 5.5
CLEARANCE = 1.1
EDGE = 0.9
"""Width of the outline."""
LINE = 1.2
"""Width of the hollow bell's line."""


class Canvas:
    """A picture in grid units, drawn large and scaled down once."""

    def __init__(self, size: int) -> None:
        self._size = size
        side = size * max(LEAST_OVERSAMPLING, DRAWN_SIZE // size)
        self._scale = side / GRID
        self._image = Image.new("RGBA", (side, side), (0, 0, 0, 0))

    def mask(self) -> Image.Image:
        """An empty mask of the same size."""
        return Image.new("L", self._image.size, 0)

    def polygon(self, mask: Image.Image, points: Iterable[Point]) -> None:
        ImageDraw.Draw(mask).polygon(self._corners(points), fill=255)

    def outline(self, mask: Image.Image, points: Iterable[Point], width: float, colour: int = 255) -> None:
        """Add the line around a polygon, or with colour 0 take it away."""
        corners = self._corners(points)
        pencil, radius = ImageDraw.Draw(mask), width / 2 * self._scale
        pencil.line([*corners, corners[0]], fill=colour, width=round(2 * radius))
        # Pillow's own joints leave notches.
        for x, y in corners:
            pencil.ellipse((x - radius, y - radius, x + radius, y + radius), fill=colour)

    def _corners(self, points: Iterable[Point]) -> list[Point]:
        return [(x * self._scale, y * self._scale) for x, y in points]

    def stroke(self, mask: Image.Image, start: Point, end: Point, width: float) -> None:
        """Add a line with round ends."""
        self.circle(mask, start, width / 2)
        self.circle(mask, end, width / 2)
        length = math.dist(start, end)
        across = ((start[1] - end[1]) / length * width / 2, (end[0] - start[0]) / length * width / 2)
        ends = [(start, 1), (end, 1), (end, -1), (start, -1)]
        self.polygon(mask, [(x + side * across[0], y + side * across[1]) for (x, y), side in ends])

    def circle(self, mask: Image.Image, centre: Point, radius: float) -> None:
        (x, y), r = centre, radius
        box = tuple(edge * self._scale for edge in (x - r, y - r, x + r, y + r))
        ImageDraw.Draw(mask).ellipse((box[0], box[1], box[2] - 1, box[3] - 1), fill=255)

    def fill(self, mask: Image.Image, top: Colour, bottom: Colour | None = None) -> None:
        """Paint what the mask covers, from the top colour to the bottom one."""
        ramp = Image.linear_gradient("L").resize(self._image.size)
        upper, lower = (Image.new("RGB", self._image.size, colour) for colour in (top, bottom or top))
        paint = Image.composite(lower, upper, ramp)
        self._image.paste(paint, (0, 0), mask)

    def erase(self, mask: Image.Image) -> None:
        """Make transparent what the mask covers."""
        self._image.putalpha(ImageChops.subtract(self._image.getchannel("A"), mask))

    def picture(self) -> Image.Image:
        """The finished picture. Scaled with its alpha premultiplied, so that edges take no foreign colour."""
        small = self._image.convert("RGBa").resize((self._size, self._size), Image.Resampling.BOX)
        return small.convert("RGBA")


def draw(state: str, size: int) -> Image.Image:
    """The icon of a state, `size` pixels wide and high."""
    canvas = Canvas(size)
    if state == "stopped":
        draw_hollow_bell(canvas)
        return canvas.picture()
    if state == "paused":
        draw_bell(canvas, GREY, SLATE)
    else:
        draw_rays(canvas)
        draw_bell(canvas, GOLD, BROWN)
    if state in BADGES:
        draw_badge(canvas, state)
    return canvas.picture()


def draw_template(state: str, size: int) -> Image.Image:
    """The icon of a state for the macOS menu bar, which gives it the colour: black, told apart by shape."""
    canvas = Canvas(size)
    is_hollow = state in ("paused", "stopped")
    draw_template_bell(canvas, hollow=is_hollow)
    if not is_hollow:
        draw_rays(canvas)
    if state == "stopped":
        draw_slash(canvas, ((4.6, None), (1.8, BLACK)))
    if state in BADGES:
        draw_badge(canvas, state)
        sign = canvas.mask()
        add_sign(canvas, sign, state)
        canvas.erase(sign)
    alpha = canvas.picture().getchannel("A")
    black = Image.new("RGBA", alpha.size, BLACK)
    black.putalpha(alpha)
    return black


def draw_template_bell(canvas: Canvas, *, hollow: bool) -> None:
    bell, inside = canvas.mask(), canvas.mask()
    add_bell(canvas, bell, 0.4)
    canvas.fill(bell, BLACK)
    if hollow:
        canvas.polygon(inside, dome())
        canvas.outline(inside, dome(), 2 * LINE, colour=0)
    else:
        canvas.stroke(inside, (5.6, 14.0), (16.4, 14.0), 0.9)
    canvas.erase(inside)


def draw_bell(canvas: Canvas, colours: tuple[Colour, Colour], outline: Colour) -> None:
    edge, body = canvas.mask(), canvas.mask()
    for mask, grow in ((edge, EDGE), (body, 0.0)):
        add_bell(canvas, mask, grow)
    canvas.fill(edge, outline)
    canvas.fill(body, *colours)
    # The line above the rim tells a bell from a hat.
    rim = canvas.mask()
    canvas.stroke(rim, (5.6, 14.0), (16.4, 14.0), 0.7)
    canvas.fill(rim, outline)


def draw_hollow_bell(canvas: Canvas) -> None:
    """Nothing rings: the mere line of a bell, crossed out."""
    edge, line, hollow = canvas.mask(), canvas.mask(), canvas.mask()
    add_bell(canvas, edge, EDGE)
    add_bell(canvas, line, 0.0)
    canvas.polygon(hollow, dome())
    canvas.outline(hollow, dome(), 2 * LINE, colour=0)
    canvas.fill(edge, SLATE)
    canvas.fill(line, GREY[0])
    canvas.erase(hollow)
    draw_slash(canvas, ((5.2, None), (3.4, SLATE), (1.7, GREY[0])))


def draw_slash(canvas: Canvas, lines: Iterable[tuple[float, Colour | None]]) -> None:
    """Lines of these widths and colours over each other; None makes transparent."""
    for width, colour in lines:
        slash = canvas.mask()
        canvas.stroke(slash, (3.2, 2.7), (18.8, 19.3), width)
        if colour is None:
            canvas.erase(slash)
        else:
            canvas.fill(slash, colour)


def add_bell(canvas: Canvas, mask: Image.Image, grow: float) -> None:
    """The bell's shape: crown, dome with its rim, and clapper."""
    canvas.circle(mask, (11.0, 3.9), 1.3 + grow)
    canvas.circle(mask, (11.0, 17.0), 2.3 + grow)
    canvas.polygon(mask, dome())
    if grow:
        canvas.outline(mask, dome(), 2 * grow)


def dome() -> list[Point]:
    """From the left end of the rim over the top to the right end, and back along the rim."""
    left = [
        *curve((3.6, 16.0), (3.6, 14.6), (5.6, 14.2), (5.6, 10.4)),
        *curve((5.6, 10.4), (5.6, 6.8), (7.9, 4.6), (11.0, 4.6)),
    ]
    return [*left, *((GRID - x, y) for x, y in reversed(left))]


def curve(start: Point, bend: Point, towards: Point, end: Point) -> list[Point]:
    """A cubic Bézier curve as points."""
    points = []
    for step in range(33):
        t = step / 32
        weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
        corners = (start, bend, towards, end)
        x, y = (sum(w * corner[axis] for w, corner in zip(weights, corners, strict=True)) for axis in (0, 1))
        points.append((x, y))
    return points


def draw_rays(canvas: Canvas) -> None:
    """Daylight on both sides of the dome."""
    rays = canvas.mask()
    for degrees in (152, 126, 54, 28):
        angle = math.radians(degrees)
        near, far = ((11.0 + r * math.cos(angle), 10.6 - r * math.sin(angle)) for r in (7.9, 9.9))
        canvas.stroke(rays, near, far, 1.5)
    canvas.fill(rays, SUN)


def draw_badge(canvas: Canvas, state: str) -> None:
    """A sign in the corner, with a clear ring around it."""
    ring, plate, sign = canvas.mask(), canvas.mask(), canvas.mask()
    canvas.circle(ring, BADGE_CENTRE, BADGE_RADIUS + CLEARANCE)
    canvas.circle(plate, BADGE_CENTRE, BADGE_RADIUS)
    add_sign(canvas, sign, state)
    canvas.erase(ring)
    canvas.fill(plate, BADGES[state])
    canvas.fill(sign, WHITE)


def add_sign(canvas: Canvas, mask: Image.Image, state: str) -> None:
    """On whole units: crisp at 22 pixels."""
    x, y = BADGE_CENTRE
    if state == "running":
        canvas.polygon(mask, [(x - 2, y - 3.4), (x + 3.4, y), (x - 2, y + 3.4)])
    elif state == "failed":
        canvas.polygon(mask, [(x - 1, y - 4), (x + 1, y - 4), (x + 0.9, y + 1), (x - 0.9, y + 1)])
        canvas.circle(mask, (x, y + 3), 1.15)
    else:
        for left in (x - 3, x + 1):
            canvas.polygon(mask, [(left, y - 3), (left + 2, y - 3), (left + 2, y + 3), (left, y + 3)])


def argb(picture: Image.Image) -> bytes:
    """The pixels as D-Bus wants them: ARGB32 in network byte order."""
    red, green, blue, alpha = picture.split()
    return Image.merge("RGBA", (alpha, red, green, blue)).tobytes()


def save_ico(state: str, sizes: Iterable[int], path: Path) -> None:
    """Each size drawn for itself, not scaled from another."""
    pictures = [draw(state, size) for size in sorted(sizes, reverse=True)]
    sides = [picture.size for picture in pictures]
    pictures[0].save(path, sizes=sides, append_images=pictures[1:])


def draw_linux(state: str) -> None:
    for size in PICTURES:
        draw(state, size).save(ASSETS / "icons" / f"{state}-{size}.png", optimize=True)
    for size in PIXMAPS:
        path = ASSETS / "pixmaps" / f"{state}-{size}.argb.z"
        path.write_bytes(zlib.compress(argb(draw(state, size)), 9))


def draw_macos(state: str) -> None:
    for density, size in MACOS.items():
        path = ASSETS / "macos" / f"{state}Template{density}.png"
        draw_template(state, size).save(path, optimize=True)


def main() -> None:
    for folder in ("icons", "pixmaps", "macos", "windows"):
        (ASSETS / folder).mkdir(parents=True, exist_ok=True)
    for state in STATES:
        draw_linux(state)
        draw_macos(state)
        save_ico(state, WINDOWS, ASSETS / "windows" / f"{state}.ico")
    save_ico("idle", PROGRAM, ASSETS / "daybell.ico")
    draw("idle", README_SIZE).save(ASSETS / "daybell.png", optimize=True)
    print(f"drew the icons of {len(STATES)} states into {ASSETS}")


if __name__ == "__main__":
    main()
