"""A typical chat server: FastAPI, SQLAlchemy and SQLite, as durable as EchoChat, with fan-out in the memory of one process.

It implements the part of EchoChat's contract that the benchmark measures. The token is the username, and no signature is checked, which
is in its favour. Database queries run in the event loop: in FastAPI's threads a page took four times as much CPU.
"""

import json
import os
from datetime import UTC, datetime

from fastapi import Depends, FastAPI, Header, HTTPException, WebSocket, WebSocketDisconnect
from pydantic import BaseModel, Field
from sqlalchemy import ForeignKey, UniqueConstraint, create_engine, event, func, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, sessionmaker

engine = create_engine(f"sqlite:///{os.environ['CHAT_DATABASE']}", connect_args={"check_same_thread": False}, pool_size=40)
make_session = sessionmaker(engine, expire_on_commit=False)


@event.listens_for(engine, "connect")
def durable(connection, _) -> None:
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA busy_timeout = 10000")


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(unique=True)


class Message(Base):
    __tablename__ = "messages"
    # The index finds a page and the next seq without reading the room.
    __table_args__ = (UniqueConstraint("room_id", "seq"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    room_id: Mapped[str] = mapped_column()
    seq: Mapped[int]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    content: Mapped[str]
    client_id: Mapped[str | None]
    created_at: Mapped[datetime]
    user: Mapped[User] = relationship(lazy="joined")


Base.metadata.create_all(engine)
app = FastAPI()
subscribers: dict[str, set[WebSocket]] = {}


class NewMessage(BaseModel):
    content: str = Field(min_length=1, max_length=4000)
    client_id: str | None = None


class MessageOut(BaseModel):
    room_id: str
    seq: int
    user_id: int
    username: str
    content: str
    client_id: str | None
    reply_to: int | None = None
    attachments: list[str] = Field(default_factory=list)
    mentions: list[str] = Field(default_factory=list)
    reactions: dict[str, list[str]] = Field(default_factory=dict)
    created_at: datetime
    edited_at: datetime | None = None
    deleted: bool = False


class Page(BaseModel):
    messages: list[MessageOut]


async def session():
    with make_session() as opened:
        yield opened


async def authenticated_user(authorization: str = Header(), database: Session = Depends(session)) -> User:
    return find_user(database, authorization)


def find_user(database: Session, authorization: str) -> User:
    user = database.scalar(select(User).where(User.username == authorization.removeprefix("Bearer ")))
    if user is None:
        raise HTTPException(401)
    return user


def message_out(message: Message) -> MessageOut:
    return MessageOut(
        room_id=message.room_id,
        seq=message.seq,
        user_id=message.user_id,
        username=message.user.username,
        content=message.content,
        client_id=message.client_id,
        created_at=message.created_at,
    )


def store(database: Session, room: str, user: User, new: NewMessage) -> MessageOut:
    # Locks first: two transactions that read the same highest seq would assign the same next one.
    database.connection().exec_driver_sql("BEGIN IMMEDIATE")
    seq = (database.scalar(select(func.max(Message.seq)).where(Message.room_id == room)) or 0) + 1
    message = Message(room_id=room, seq=seq, user=user, content=new.content, client_id=new.client_id, created_at=datetime.now(UTC))
    database.add(message)
    database.commit()
    return message_out(message)


def frame(content: dict) -> str:
    return json.dumps(content, separators=(",", ":"))


@app.get("/healthz")
def health() -> dict:
    return {}


@app.get("/api/v1/rooms/{room}/messages")
async def page(room: str, limit: int = 50, user: User = Depends(authenticated_user), database: Session = Depends(session)) -> Page:
    newest = database.scalars(select(Message).where(Message.room_id == room).order_by(Message.seq.desc()).limit(limit)).all()
    return Page(messages=[message_out(message) for message in reversed(newest)])


@app.post("/api/v1/rooms/{room}/messages", status_code=201)
async def post(room: str, new: NewMessage, authorization: str = Header()) -> MessageOut:
    with make_session() as reading:
        user = find_user(reading, authorization)
    with make_session() as database:
        return store(database, room, database.merge(user, load=False), new)


@app.websocket("/ws")
async def websocket(socket: WebSocket) -> None:
    """The username begins with the room."""
    with make_session() as database:
        user = find_user(database, socket.headers["authorization"])
    await socket.accept()
    await socket.send_text(frame({"event": "welcome", "data": {"cursor": 0}}))
    room = user.username.partition("-")[0]
    subscribers.setdefault(room, set()).add(socket)
    try:
        while True:
            command = json.loads(await socket.receive_text())
            with make_session() as database:
                message = store(database, room, database.merge(user, load=False), NewMessage(**command["data"]))
            event = frame({"event": "new_message", "id": message.seq, "data": message.model_dump(mode="json")})
            for member in list(subscribers[room]):
                await member.send_text(event)
            await socket.send_text(frame({"event": "ok", "ref": command["ref"], "data": {"message": {"seq": message.seq}}}))
    except WebSocketDisconnect:
        pass
    finally:
        subscribers[room].discard(socket)
