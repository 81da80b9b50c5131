"""Makes pictures that tell more than they show, pictures that are traps, and files that are not what they say."""

import contextlib
import functools
import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from PIL import Image, ImageOps, PngImagePlugin

# What no byte that is served may contain: in pictures it stands in every place that has room for words.
SECRET = b"SECRET"
WORDS = SECRET.decode() + " 48.2082N 16.3738E"
HTML = b"<!doctype html><html><body><script>document.title='SECRET'</script></body></html>"
SVG = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" onload="alert(1)">'
    b"<script>alert(document.cookie)</script><foreignObject><body/></foreignObject></svg>"
)
XMP = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF '
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" '
    f'dc:creator="{WORDS}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
).encode()

ORIENTATION = 0x0112


def scene(width: int = 48, height: int = 32) -> Image.Image:
    """A picture whose four corners differ, so that turning and mirroring it shows."""
    image = Image.new("RGB", (width, height))
    image.putdata(
        [
            (255 * x // width, 255 * y // height, 255 if x < width // 3 and y < height // 3 else 40)
            for y in range(height)
            for x in range(width)
        ]
    )
    return image


def exif(orientation: int | None = 6) -> bytes:
    """EXIF as a camera writes it, without the prefix that a JPEG has: who, what, when, where."""
    tags = Image.Exif()
    tags[0x010E] = WORDS  # ImageDescription
    tags[0x013B] = WORDS  # Artist
    tags[0x9C9C] = WORDS.encode("utf-16-le")  # XPComment
    if orientation is not None:
        tags[ORIENTATION] = orientation
    tags.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + WORDS.encode()  # UserComment
    tags.get_ifd(0x8769)[0x927C] = WORDS.encode()  # MakerNote
    tags.get_ifd(0x8825).update({1: "N", 2: (48.0, 12.0, 29.0), 3: "E", 4: (16.0, 22.0, 25.0), 29: SECRET.decode()})  # GPS
    return tags.tobytes().removeprefix(b"Exif\0\0")


def says_secret(content: bytes) -> bool:
    """Whether the word is in the bytes, in 8 or 16 bits a character, also in what is packed in a PNG."""
    spellings = (SECRET, SECRET.decode().encode("utf-16-le"), SECRET.decode().encode("utf-16-be"))
    places = [content]
    for start in (match.start() for match in re.finditer(b"x[\x01\x5e\x9c\xda]", content)):
        with contextlib.suppress(zlib.error):
            places.append(zlib.decompressobj().decompress(content[start:], 1 << 16))
    return any(spelling in place for spelling in spellings for place in places)


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


def upright(content: bytes) -> Image.Image:
    """What a viewer shows."""
    return ImageOps.exif_transpose(opened(content))


def frames(content: bytes) -> list[bytes]:
    """The pixels of every frame as they are stored, not turned."""
    image = Image.open(io.BytesIO(content))
    found = []
    for number in range(getattr(image, "n_frames", 1)):
        image.seek(number)
        found.append(image.convert("RGBA").tobytes())
    return found


# JPEG


def segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jpeg(orientation: int | None = 6, *, metadata: bool = True, mode: str = "RGB", **options) -> bytes:
    """A JPEG with words in EXIF, XMP, IPTC, comments, unknown segments, an extra picture and behind its end; with an ICC profile."""
    out = io.BytesIO()
    scene().convert(mode).save(out, "JPEG", quality=90, icc_profile=icc(), **options)
    plain = out.getvalue()
    if not metadata:
        return plain
    iptc = b"Photoshop 3.0\x008BIM\x04\x04\0\0" + struct.pack(">I", len(WORDS) + 5) + b"\x1c\x02\x78" + struct.pack(">H", len(WORDS))
    thumbnail = scene(16, 12)
    small = io.BytesIO()
    thumbnail.save(small, "JPEG", comment=SECRET)
    words = [
        segment(0xE1, b"Exif\0\0" + exif(orientation)),
        segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP),
        segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + b"0" * 40 + XMP),
        segment(0xED, iptc + WORDS.encode()),
        segment(0xFE, WORDS.encode()),
        segment(0xE2, b"MPF\0MM\0*" + WORDS.encode()),
        segment(0xE0, b"JFXX\0\x10" + small.getvalue()),
        segment(0xE7, WORDS.encode()),
        segment(0xEE, b"Adobf" + WORDS.encode()),
    ]
    # Behind the first segment, JFIF or Adobe's; once more before the scan.
    first = 4 + struct.unpack_from(">H", plain, 4)[0]
    scan = plain.rindex(b"\xff\xda")
    comment = segment(0xFE, WORDS.encode())
    return plain[:first] + b"".join(words) + plain[first:scan] + comment + plain[scan:] + small.getvalue() + WORDS.encode()


@functools.cache
def icc() -> bytes:
    """Once: it says when it was made, and the same picture is to have the same bytes."""
    from PIL import ImageCms

    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


# PNG


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(orientation: int | None = None, *, mode: str = "RGBA", animated: bool = False, **options) -> bytes:
    """A PNG with words in all kinds of text, in EXIF, in a private chunk and behind its end; with an ICC profile and a density."""
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", WORDS)
    info.add_text("Packed", WORDS * 20, zip=True)
    info.add_itxt("XML:com.adobe.xmp", XMP.decode())
    info.add_itxt("Title", WORDS * 20, zip=True)
    info.add(b"tIME", struct.pack(">HBBBBB", 2026, 11, 30, 12, 0, 0))
    info.add(b"seCr", WORDS.encode(), after_idat=True)
    out = io.BytesIO()
    if animated:
        options |= {"save_all": True, "append_images": [scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT).convert(mode)], "duration": 80}
    scene().convert(mode).save(out, "PNG", pnginfo=info, exif=exif(orientation), icc_profile=icc(), dpi=(300, 300), **options)
    return out.getvalue() + WORDS.encode()


def png_header(width: int, height: int) -> bytes:
    """A PNG that says it has this size and holds next to nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 6, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


def png_bomb(side: int = 30_000) -> bytes:
    """A sound PNG of `side` times `side` black pixels: 109 KB that unpack to 112 MB, and to 3.6 GB as a decoder's colours."""
    row = bytes(1 + (side + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join([*(packer.compress(row) for _ in range(side)), packer.flush()])
    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


# WebP, GIF, AVIF


def riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def webp(orientation: int | None = 6, *, animated: bool = False, lossless: bool = True) -> bytes:
    """A WebP with words in EXIF, XMP, an unknown chunk, one in a frame if it is animated, and behind its end; with an ICC profile."""
    options = {"exif": exif(orientation), "xmp": XMP, "icc_profile": icc(), "lossless": lossless}
    if animated:
        options |= {"save_all": True, "append_images": [scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT)], "duration": 80}
    out = io.BytesIO()
    scene().save(out, "WEBP", **options)
    content = out.getvalue()[12:]
    if animated:
        start = content.rindex(b"ANMF")
        size = struct.unpack_from("<I", content, start + 4)[0]
        frame = content[start + 8 : start + 8 + size] + riff(b"seCr", WORDS.encode())
        content = content[:start] + riff(b"ANMF", frame) + content[start + 8 + size + size % 2 :]
    content = b"WEBP" + content + riff(b"seCr", WORDS.encode())
    return riff(b"RIFF", content) + WORDS.encode()


def sub_blocks(data: bytes) -> bytes:
    parts = [data[start : start + 255] for start in range(0, len(data), 255)]
    return b"".join(bytes([len(part)]) + part for part in parts) + b"\0"


def gif(*, animated: bool = True) -> bytes:
    """A GIF with words in a comment, in XMP, in another program's block, in a plain text block and behind its end; it moves for ever."""
    out = io.BytesIO()
    more = [scene().transpose(Image.Transpose.FLIP_LEFT_RIGHT)] if animated else []
    options = {"loop": 0, "duration": 80} if animated else {}
    scene().save(out, "GIF", save_all=True, append_images=more, **options)
    content = out.getvalue()
    start = 13 + (3 << (content[10] & 7) + 1 if content[10] & 0x80 else 0)
    words = [
        b"\x21\xfe" + sub_blocks(WORDS.encode()),
        b"\x21\xff\x0bXMP DataXMP" + sub_blocks(XMP),
        b"\x21\xff\x0bSECRETAB1.0" + sub_blocks(WORDS.encode()),
        b"\x21\x01\x0c" + bytes(12) + sub_blocks(WORDS.encode()),
    ]
    return content[:start] + b"".join(words) + content[start:-1] + words[0] + b"\x3b" + WORDS.encode()


def box(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def avif(orientation: int | None = 6) -> bytes:
    """An AVIF with words in EXIF, XMP and boxes of its own; Pillow writes the orientation as a property, which viewers obey."""
    out = io.BytesIO()
    scene().save(out, "AVIF", exif=exif(orientation), xmp=XMP, icc_profile=icc(), quality=90)
    return out.getvalue() + box(b"uuid", bytes(16) + WORDS.encode()) + box(b"free", WORDS.encode())


def pictures(orientation: int = 6) -> dict[str, bytes]:
    """One picture of each kind, by file name, with words wherever there is room for them."""
    return {
        "photo.jpg": jpeg(orientation),
        "progressive.jpg": jpeg(orientation, progressive=True),
        "cmyk.jpg": jpeg(orientation, mode="CMYK"),
        "grey.jpg": jpeg(orientation, mode="L"),
        "drawing.png": png(orientation),
        "palette.png": png(orientation, mode="P"),
        "moving.png": png(animated=True),
        "photo.webp": webp(orientation),
        "lossy.webp": webp(orientation, lossless=False),
        "moving.webp": webp(None, animated=True),
        "still.gif": gif(animated=False),
        "moving.gif": gif(),
        "photo.avif": avif(orientation),
    }


MEDIA_TYPES = {"jpg": "image/jpeg", "png": "image/png", "webp": "image/webp", "gif": "image/gif", "avif": "image/avif"}


def media_type(name: str) -> str:
    return MEDIA_TYPES[name.rsplit(".", 1)[1]]


# Movies


def movie() -> bytes:
    """A QuickTime movie of a telephone, as far as nobody plays it: place, device and title in each of the usual ways."""
    place = box(b"\xa9xyz", struct.pack(">HH", len(WORDS), 0x15C7) + WORDS.encode())
    handler = box(b"hdlr", bytes(8) + b"mdta" + bytes(12))
    key = b"com.apple.quicktime.location.ISO6709"
    keys = box(b"keys", struct.pack(">II", 0, 1) + box(b"mdta", key))
    values = box(b"ilst", box(b"\0\0\0\1", box(b"data", struct.pack(">II", 1, 0) + WORDS.encode())))
    xmp = box(b"uuid", bytes.fromhex("be7acfcb97a942e89c71999491e3afac") + XMP)
    track = box(b"trak", box(b"udta", box(b"name", WORDS.encode())))
    header = box(b"moov", box(b"mvhd", bytes(100)) + track + box(b"udta", place) + box(b"meta", handler + keys + values))
    return box(b"ftyp", b"qt  " + bytes(4) + b"qt  ") + header + xmp + box(b"free", WORDS.encode()) + box(b"mdat", b"sound and pictures")


# Traps


@dataclass(frozen=True)
class Trap:
    """A file that somebody uploads to have it run, or to bring a decoder down."""

    name: str
    media_type: str
    content: bytes
    # "refused": 422. "stripped": a picture that is served without what was added. "download": kept, but never shown inline.
    outcome: str


def jar() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("META-INF/MANIFEST.MF", "Main-Class: Secret\n" + WORDS)
    return out.getvalue()


def plain_gif() -> bytes:
    out = io.BytesIO()
    scene().save(out, "GIF")
    return out.getvalue()


def plain_png() -> bytes:
    out = io.BytesIO()
    scene().save(out, "PNG")
    return out.getvalue()


def traps() -> list[Trap]:
    plain = jpeg(metadata=False)
    return [
        Trap("gifar.gif", "image/gif", plain_gif() + jar(), "stripped"),
        Trap("jpeg-html.jpg", "image/jpeg", plain[:2] + segment(0xFE, HTML) + plain[2:] + HTML, "stripped"),
        Trap("png-html.png", "image/png", plain_png() + HTML, "stripped"),
        Trap("png-html-chunk.png", "image/png", plain_png()[:33] + chunk(b"tEXt", b"Comment\0" + HTML) + plain_png()[33:], "stripped"),
        Trap("gif-script.gif", "image/gif", b"GIF89a/*<svg/onload=alert(1)>*/=alert('SECRET');", "refused"),
        Trap("html.png", "image/png", HTML, "refused"),
        Trap("html.jpg", "image/jpeg", HTML, "refused"),
        Trap("svg.png", "image/png", SVG, "refused"),
        Trap("program.jpg", "image/jpeg", b"MZ\x90\0" + bytes(200), "refused"),
        Trap("paper.jpg", "image/jpeg", b"%PDF-1.7\n%\xe2\xe3\n" + HTML, "refused"),
        Trap("jpeg.png", "image/png", plain, "refused"),
        Trap("huge.png", "image/png", png_header(65_535, 65_535), "refused"),
        Trap("huger.png", "image/png", png_header(2**31 - 1, 2**31 - 1), "refused"),
        Trap("empty.png", "image/png", png_header(0, 0), "refused"),
        Trap("bomb.png", "image/png", png_bomb(), "refused"),
        Trap("cut.jpg", "image/jpeg", plain[: len(plain) // 2], "refused"),
        Trap("cut.png", "image/png", plain_png()[:-20], "refused"),
        Trap("icon.svg", "image/svg+xml", SVG, "download"),
        Trap("page.html", "text/html", HTML, "download"),
        Trap("script.js", "text/javascript", b"alert(document.cookie)", "download"),
        Trap(
            "feed.xml",
            "application/xml",
            b'<?xml version="1.0"?><a xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></a>',
            "download",
        ),
        Trap("paper.pdf", "application/pdf", b"%PDF-1.7\n1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj\n", "download"),
        Trap("plain.bin", "application/octet-stream", b"\0\1\2" * 50, "download"),
    ]
