"""Files with clients that others have made: curl, requests, a browser's fetch."""

import json
import os
import subprocess

import requests
from playwright.async_api import async_playwright

from support.browser import CHROMIUM
from support.pictures import jpeg, says_secret
from support.uploads import download, upload


def curl(user, *words: str, status: int = 0) -> bytes:
    command = ["curl", "--silent", "--show-error", "--fail-with-body", "--header", f"Authorization: Bearer {user.access_token}", *words]
    done = subprocess.run(command, capture_output=True, timeout=30)
    assert done.returncode == status, done
    return done.stdout


async def test_curl_uploads_by_form_and_by_body_and_resumes_a_download(server, alice, tmp_path):
    content = os.urandom(2_000_000)
    (tmp_path / "big file.bin").write_bytes(content)
    by_form = json.loads(curl(alice, "--form", f"file=@{tmp_path}/big file.bin", f"{server.url}/api/v1/files"))
    assert by_form["name"] == "big file.bin" and by_form["size"] == len(content)
    by_body = json.loads(
        curl(
            alice,
            "--request",
            "POST",
            "--upload-file",
            str(tmp_path / "big file.bin"),
            "--header",
            "X-Filename: big%20file.bin",
            "--header",
            "Content-Type: application/octet-stream",
            f"{server.url}/api/v1/files",
        )  # fmt: skip
    )
    assert {**by_body, "file_id": "", "url": ""} == {**by_form, "file_id": "", "url": ""}
    # A download that broke off goes on where it was.
    part = tmp_path / "part.bin"
    part.write_bytes(content[:700_000])
    curl(alice, "--continue-at", "-", "--output", str(part), server.url + by_form["url"])
    assert part.read_bytes() == content


async def test_requests_uploads_and_downloads(server, alice, tmp_path):
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {alice.access_token}"
    photo = jpeg()
    made = session.post(f"{server.url}/api/v1/files", files={"file": ("Strand ü.jpg", photo, "image/jpeg")}, timeout=10)
    assert made.status_code == 201 and made.json()["name"] == "Strand ü.jpg", made.text
    with session.get(server.url + made.json()["url"], stream=True, timeout=10) as response:
        content = b"".join(response.iter_content(1000))
    assert len(content) == made.json()["size"] and not says_secret(content)
    chunked = session.post(f"{server.url}/api/v1/files", data=iter([b"in ", b"pieces"]), headers={"X-Filename": "p.txt"}, timeout=10)
    assert chunked.status_code == 201 and chunked.json()["size"] == 9, chunked.text


FETCH = """async ({ token, photo }) => {
  const authorization = { Authorization: `Bearer ${token}` };
  const form = new FormData();
  const bytes = Uint8Array.from(atob(photo), (character) => character.charCodeAt(0));
  form.append("file", new File([bytes], "beach.jpg", { type: "image/jpeg" }));
  const made = await fetch("/api/v1/files", { method: "POST", headers: authorization, body: form });
  const file = await made.json();
  const shown = await fetch(file.url, { headers: authorization });
  const image = new Image();
  image.src = URL.createObjectURL(await shown.blob());
  await image.decode();
  const bare = await fetch(file.url, { credentials: "include" });
  return { status: made.status, file, width: image.naturalWidth, height: image.naturalHeight, bare: bare.status };
}"""


async def test_a_browser_uploads_by_fetch_and_shows_the_picture_by_a_blob(server, alice):
    import base64

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = await (await browser.new_context()).new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        await page.goto(server.url + "/")
        result = await page.evaluate(FETCH, {"token": alice.access_token, "photo": base64.b64encode(jpeg(6)).decode()})
        # Turned as its orientation says; a cookie alone opens nothing.
        assert (result["status"], result["width"], result["height"], result["bare"]) == (201, 32, 48, 401), result
        assert result["file"]["name"] == "beach.jpg" and errors == []
        # What could run is shown as nothing and saved, even when the browser is sent there.
        trap = await upload(alice, b"<script>document.title = 'ran'</script>", "trap.html", "text/html")
        await page.set_extra_http_headers({"Authorization": f"Bearer {alice.access_token}"})
        async with page.expect_download() as download_info:
            await page.evaluate("url => { location = url }", trap["url"])
        assert (await download_info.value).suggested_filename == "trap.html" and await page.title() != "ran"
        await browser.close()
    assert (await download(alice, result["file"]["url"])).status_code == 200
