"""MNIST from folders, archives, the environment, the cache and the network; damage is refused."""

import gzip
import hashlib
import http.server
import threading

import numpy as np
import pytest

from mark1.datasets import _files, mnist


def idx(array):
    sizes = b"".join(size.to_bytes(4, "big") for size in array.shape)
    return bytes([0, 0, 8, array.ndim]) + sizes + array.tobytes()


def sample():
    rng = np.random.default_rng(3)
    images = rng.integers(0, 256, (12, 28, 28), dtype=np.uint8)
    labels = np.arange(12, dtype=np.uint8) % 10
    return dict(zip(mnist.FILES, (images[:8], labels[:8], images[8:], labels[8:]), strict=True))


@pytest.fixture(autouse=True)
def away_from_home(monkeypatch, tmp_path):
    monkeypatch.delenv("MARK1_DATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(mnist, "MIRRORS", ())


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "data"
    path.mkdir()
    for name, array in sample().items():
        (path / f"{name}.gz").write_bytes(gzip.compress(idx(array)))
    return path


def same_as_sample(data):
    (x_train, y_train), (x_test, y_test) = data
    arrays = (x_train, y_train, x_test, y_test)
    return all(
        a.dtype == np.uint8 and np.array_equal(a, b)
        for a, b in zip(arrays, sample().values(), strict=True)
    )


def test_folder_of_compressed_files(folder):
    assert same_as_sample(mnist.load_data(folder))
    assert same_as_sample(mnist.load_data(str(folder)))


@pytest.mark.parametrize("rename", [lambda n: n, lambda n: n.replace("-idx", ".idx")])
def test_folder_of_plain_files(tmp_path, rename):
    for name, array in sample().items():
        (tmp_path / rename(name)).write_bytes(idx(array))
    assert same_as_sample(mnist.load_data(tmp_path))


@pytest.mark.parametrize("as_folder", [False, True])
def test_archive(tmp_path, as_folder):
    names = ("x_train", "y_train", "x_test", "y_test")
    path = tmp_path / "mnist.npz"
    np.savez(path, **dict(zip(names, sample().values(), strict=True)))
    assert same_as_sample(mnist.load_data(tmp_path if as_folder else path))


@pytest.mark.parametrize("below", [False, True])
def test_environment_variable(folder, monkeypatch, below):
    if below:
        folder.rename(folder.with_name("mnist"))
        folder = folder.parent
    monkeypatch.setenv("MARK1_DATA", str(folder))
    assert same_as_sample(mnist.load_data())


def test_cache_folder(folder):
    cache = mnist.cache_folder()
    cache.parent.mkdir(parents=True)
    folder.rename(cache)
    assert same_as_sample(mnist.load_data())


def test_relative_cache_home_is_ignored(monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert mnist.cache_folder().is_absolute()


@pytest.fixture
def server(folder):
    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(folder))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as httpd:
        thread = threading.Thread(target=httpd.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{httpd.server_port}/"
        httpd.shutdown()
        thread.join()


def test_download_is_checked_and_kept(folder, server, monkeypatch, capsys):
    digests = {
        name: hashlib.sha256((folder / f"{name}.gz").read_bytes()).hexdigest()
        for name in mnist.FILES
    }
    monkeypatch.setattr(mnist, "FILES", digests)
    monkeypatch.setattr(mnist, "MIRRORS", (server + "missing/", server))
    assert same_as_sample(mnist.load_data())
    assert "downloading" in capsys.readouterr().err
    assert sorted(file.name for file in mnist.cache_folder().iterdir()) == sorted(
        f"{name}.gz" for name in digests
    )
    monkeypatch.setattr(mnist, "MIRRORS", ())
    assert same_as_sample(mnist.load_data())


def test_download_with_wrong_checksum_leaves_nothing(server, monkeypatch, capsys):
    monkeypatch.setattr(mnist, "MIRRORS", (server,))
    with pytest.raises(FileNotFoundError, match=r"SHA-256 is .*, expected 440fcabf"):
        mnist.load_data()
    assert list(mnist.cache_folder().iterdir()) == []


def test_no_network_says_what_to_put_where(monkeypatch, capsys):
    monkeypatch.setattr(mnist, "MIRRORS", ("http://127.0.0.1:9/",))
    with pytest.raises(FileNotFoundError) as caught:
        mnist.load_data()
    for part in (*mnist.FILES, "MARK1_DATA", str(mnist.cache_folder()), "127.0.0.1:9"):
        assert part in str(caught.value)


def test_missing_folder_and_missing_file(folder):
    with pytest.raises(FileNotFoundError, match="there is no folder or file"):
        mnist.load_data(folder / "nowhere")
    (folder / "t10k-labels-idx1-ubyte.gz").unlink()
    with pytest.raises(FileNotFoundError, match=r"lacks t10k-labels-idx1-ubyte"):
        mnist.load_data(folder)


def garbled_gzip(whole):
    return whole[:40] + bytes(byte ^ 0xFF for byte in whole[40:80]) + whole[80:]


@pytest.mark.parametrize(
    ("damage", "text"),
    [
        (lambda whole: whole[:-200], "is truncated"),
        (lambda whole: b"", "is not an IDX file of unsigned bytes"),
        (lambda whole: b"<html>not here</html>", "is not a sound gzip file"),
        (garbled_gzip, "is not a sound gzip file|truncated|more data"),
        (lambda whole: gzip.compress(b"<html></html>"), "is not an IDX file of unsigned bytes"),
        (lambda whole: gzip.compress(gzip.decompress(whole)[:-1]), "is truncated: 6271 of 6272"),
        (lambda whole: gzip.compress(gzip.decompress(whole) + b"x"), "more data than its shape"),
        (
            lambda whole: gzip.compress(bytes([0, 0, 8, 3]) + b"\xff" * 12),
            "claims a shape of .* more than 2 GiB",
        ),
        (
            lambda whole: gzip.compress(idx(np.zeros((8, 14, 56), np.uint8))),
            r"must hold images \(n, 28, 28\), it holds \(8, 14, 56\)",
        ),
        (
            lambda whole: gzip.compress(idx(np.zeros((9, 28, 28), np.uint8))),
            "must hold one label for each of the 9 images",
        ),
    ],
)
def test_damaged_images(folder, damage, text):
    file = folder / "train-images-idx3-ubyte.gz"
    file.write_bytes(damage(file.read_bytes()))
    with pytest.raises(ValueError, match=text) as caught:
        mnist.load_data(folder)
    assert str(file) in str(caught.value)


def test_labels_out_of_range(folder):
    file = folder / "train-labels-idx1-ubyte.gz"
    file.write_bytes(gzip.compress(idx(np.full(8, 10, np.uint8))))
    with pytest.raises(ValueError, match="must hold labels from 0 to 9, it holds 10"):
        mnist.load_data(folder)


def test_foreign_archives(tmp_path):
    path = tmp_path / "foreign.npz"
    path.write_bytes(b"PK not really")
    with pytest.raises(ValueError, match=r"is not a sound \.npz file"):
        mnist.load_data(path)
    np.savez(path, x_train=np.zeros((1, 28, 28), np.uint8))
    with pytest.raises(ValueError, match="lacks y_train, x_test, y_test"):
        mnist.load_data(path)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"is not a sound \.npz file"):
        mnist.load_data(path)
    arrays = dict(zip(("x_train", "y_train", "x_test", "y_test"), sample().values(), strict=True))
    np.savez(path, **{**arrays, "x_train": arrays["x_train"].astype(np.float64)})
    with pytest.raises(ValueError, match="must hold unsigned bytes, it holds float64"):
        mnist.load_data(path)


class Trap:
    def __reduce__(self):
        return (exec, ("raise SystemExit('code in a data file was run')",))


def test_archive_with_code_is_not_run(tmp_path):
    path = tmp_path / "trap.npz"
    trap = np.array([Trap()], dtype=object)
    np.savez(path, x_train=trap, y_train=trap, x_test=trap, y_test=trap)
    with pytest.raises(ValueError, match=r"cannot be read: .*allow_pickle"):
        mnist.load_data(path)


def test_reading_takes_one_array_not_two(tmp_path):
    array = np.zeros((3 << 20,), np.uint8)
    (tmp_path / "big.gz").write_bytes(gzip.compress(idx(array)))
    read = _files.read_idx(tmp_path / "big.gz", "test")
    assert read.base is None or read.base.nbytes == array.nbytes
    assert read.flags.writeable
